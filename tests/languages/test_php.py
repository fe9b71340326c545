"""PHP: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

FILES = checks.real("php")
ITEM = re.compile(
    r"^\s*(?:(?:abstract|final|public|protected|private|static) )*(?:function &?\w|(?:class|interface|trait|enum) \w)",
    re.MULTILINE,
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    checks.as_listed(path, "PHP")
    text = path.read_text(encoding="utf-8")
    assert len(units(text, "PHP")) == len(ITEM.findall(text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "PHP")


HARD = r"""<html>
<?php
namespace App\Models;

/** A user. */
#[Entity(table: 'users')]
abstract class User extends Base implements Named
{
    use Timestamps;

    /** Made of parts. */
    public function __construct(
        private readonly int $id, // the key
        protected ?string $name = null,
        string|int &...$rest,
    ) {
        throw new \InvalidArgumentException('x');
    }

    /** @return static|null */
    // looked up
    #[Pure]
    abstract public static function find(int $id, array $how = [], callable $then): ?static;

    public function &ref(): iterable { yield 1; return $this->x; }
}

interface Named { public function name($x); }
trait Timestamps { }
enum Suit: string
{
    case A = 'a';
    public function label(): string { return 'x'; }
}

function run($a, &$b, ...$c)
{
    $f = function ($q) use ($a) { return $q; };
    $g = fn ($z) => $z;
    $o = new class(1) extends Foo { function bar() {} };
    try {
        run();
    } catch (A | \B\C $e) {
        throw $e;
    }
    throw Problem::of('x');
}
?>
<b><?= $x ?></b>
<?php
if (!function_exists('maybe')) {
    function maybe(): void {}
}
"""


def test_hard_cases() -> None:
    assert checks.listing(HARD, "PHP") == [
        r"class App\Models\User 5-26 () documented",
        r"method App\Models\User::__construct 11-18 ($id: int, $name: ?string = null, ...$rest: string|int)"
        r" raises \InvalidArgumentException documented",
        r"method App\Models\User::find 20-23 ($id: int, $how: array = [], $then: callable) -> ?static documented",
        r"method App\Models\User::ref 25-25 () -> iterable gives yields",
        r"class App\Models\Named 28-28 ()",
        r"method App\Models\Named::name 28-28 ($x)",
        r"class App\Models\Timestamps 29-29 ()",
        r"class App\Models\Suit 30-34 ()",
        r"method App\Models\Suit::label 33-33 () -> string gives",
        r"function App\Models\run 36-47 ($a, $b, ...$c) raises A raises \B\C",
        r"method App\Models\run::bar 40-40 ()",
        r"function App\Models\maybe 52-52 () -> void",
    ]


def test_namespaces_with_braces() -> None:
    text = "<?php\nnamespace A { function f() {} }\nnamespace { function g() {} }\n"
    assert [unit.name for unit in units(text, "PHP")] == [r"A\f", "g"]


def test_signatures_are_one_line_without_comments() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD, "PHP")}
    find = "#[Pure] abstract public static function find(int $id, array $how = [], callable $then): ?static"
    assert signatures[r"App\Models\User::find"] == find
    assert signatures[r"App\Models\User::__construct"] == (
        "public function __construct(private readonly int $id, protected ?string $name = null, string|int &...$rest,)"
    )


def test_windows_lines_are_the_same_units() -> None:
    assert checks.listing(HARD.replace("\n", "\r\n"), "PHP") == checks.listing(HARD, "PHP")


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert checks.listing("<?php\nfunction a() {}\nfunction b( {\n", "PHP")[0] == "function a 2-2 ()"


def test_linear_time() -> None:
    checks.takes_linear_time(
        lambda n: "<?php\nnamespace A;\n" + "/** F. */\nfunction f(int $a, $b = 1): int { return $a; }\n" * n, "PHP"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<?php function f(" + "$a, " * 20_000 + ") {}\n",
        "<?php function f() {" * 2000,
        "<?php\n" + "namespace A;\n" * 5000 + "function f() {}\n",
        "<?php\n" + "/** a */\n" * 20_000 + "function f() {}\n",
        "<?php ?>" * 20_000,
    ],
    ids=["parameters", "open", "namespaces", "documentation", "tags"],
)
def test_hostile_files_end_soon(text: str) -> None:
    checks.ends_soon(text, "PHP")
