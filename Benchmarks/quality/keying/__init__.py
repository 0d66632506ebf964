"""Keying and matting: what is measured, and what is drawn for the eye."""
from .cases import CASES  # noqa: F401
from .sheets import draw as draw_sheets  # noqa: F401
