from typer.testing import CliRunner

from imgsim.cli import app


def test_fit_alone_shows_what_can_be_fitted():
    told = CliRunner().invoke(app, ["fit", "--help"])
    assert told.exit_code == 0
    assert "log of your own" in told.output
