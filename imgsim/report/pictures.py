"""Pictures of a report: each a file of its own in SVG, whoever draws on its axes."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_MOST: Final = 4_000
"""Vertices that lines, areas or bars of axes may have together before they become pixels."""
_DPI: Final = 150
_STYLE: Final = {"font.size": 11, "svg.fonttype": "path", "svg.hashsalt": "imgsim"}
"""Letters as paths look alike everywhere; names inside an SVG are drawn by lot without a salt."""


@dataclass(frozen=True)
class Picture:
    """A picture with what stands below it, and what it shows for who cannot see it."""

    caption: str
    alt: str
    svg: bytes
    size: tuple[float, float]
    """Width and height in inches."""

    @property
    def uri(self) -> str:
        """The picture itself as an address, so that a page needs no other file."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg).decode()}"


def picture(
    draw: Callable[[Axes], object],
    caption: str,
    alt: str,
    size: tuple[float, float] = (6.5, 3.2),
) -> Picture:
    """Return what ``draw`` draws on the axes that it is given, ``size`` in inches.

    The same drawing gives the same bytes, whatever style is in force. Where there is much to draw
    it is stored as pixels, so that a picture of any number of calls stays small.
    """
    from matplotlib import style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    written = io.BytesIO()
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        for axes in figure.axes:
            _rasterize(axes)
        figure.savefig(written, format="svg", dpi=_DPI, metadata={"Date": None, "Creator": None})
    return Picture(caption, alt, written.getvalue(), size)


def _rasterize(axes: Axes) -> None:
    """Have those kinds of artists stored as pixels that have too many vertices."""
    for artists in (axes.lines, axes.collections, axes.patches):
        if sum(map(_vertices, artists)) > _MOST:
            for artist in artists:
                artist.set_rasterized(True)


def _vertices(artist: Artist) -> int:
    import numpy as np
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if isinstance(artist, Line2D):
        return int(np.size(artist.get_xdata()))
    if isinstance(artist, Collection):
        shapes = sum(np.size(path.vertices) // 2 for path in artist.get_paths())
        return max(shapes, np.size(artist.get_offsets()) // 2)
    assert isinstance(artist, Patch)
    return np.size(artist.get_path().vertices) // 2
