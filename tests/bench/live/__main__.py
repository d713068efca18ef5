"""`python -m tests.bench.live`: live editing beside its floors; opening and memory of a section."""

from tests.bench.live.load import Shape, compare, servers
from tests.bench.live.opening import memory_of_a_section, opening

FAST = [("1 x 40, as fast as can be", Shape(1, 40, 150, 0)), ("10 x 40, as fast as can be", Shape(10, 40, 15, 0))]
PACED = [("1 x 40, 10 keys a second each", Shape(1, 40, 40, 10)), ("10 x 40, 1 key a second each", Shape(10, 40, 4, 1))]


def main() -> bool:
    """Prints the table; answers whether every goal was reached."""
    good = True
    with servers() as everybody:
        for title, shape in [*FAST, *PACED]:
            print(f"\n{title}", flush=True)
            figures = compare(everybody, shape)
            for name, each in figures.items():
                print(
                    f"  {name:12} {each.per_second:8.0f} updates/s   p50 {each.p50:7.1f} ms   p99 {each.p99:7.1f} ms   "
                    f"CPU {each.cpu:5.2f} s (+ database {each.database_cpu:4.2f} s)   {each.megabytes:5.0f} MB"
                )
            if shape.rate == 0:
                ours = figures["cobid"].per_second
                good &= _goal("x F5 relay", ours / figures["F5 relay"].per_second, 0.9)
                good &= _goal("x y-websocket", ours / figures["y-websocket"].per_second, 1.3)
    whole, alone = opening()
    print(f"\nopening a section of 100,000 updates {whole * 1000:.1f} ms, its snapshot alone {alone * 1000:.1f} ms")
    good &= _goal("x snapshot alone", whole / alone, 1.5, most=True)
    good &= _goal("MB a section open", memory_of_a_section(), 5.0, most=True)
    return good


def _goal(what: str, figure: float, goal: float, *, most: bool = False) -> bool:
    reached = figure <= goal if most else figure >= goal
    print(f"    {figure:.2f} {what} (goal {'<=' if most else '>='} {goal}){'' if reached else '   NOT REACHED'}")
    return reached


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
