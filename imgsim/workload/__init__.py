"""Who asks for what, and when. No SimPy: patterns give instants, mixes give requests."""
