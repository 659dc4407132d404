"""How sure a share is: the Wilson interval, used wherever a share is shown."""

import math

Z95 = 1.959963984540054


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927): never below 0 or above 1, right for small n too."""
    if n == 0:
        return (0.0, 1.0)
    p = hits / n
    scale = 1 + z * z / n
    middle = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))
