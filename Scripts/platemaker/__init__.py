"""A small picture department: procedural sets, people and cities, and a camera to shoot them."""
