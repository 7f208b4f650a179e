"""Chance: named streams of uniforms, and distributions by quantile function."""
