"""Quality of pictures: the engine's graphs rendered, and scored by code of its own."""
