"""C and C++: what real files and hard ones consist of."""

import re
from pathlib import Path

import pytest

from tests.languages import checks
from tests.languages.units import units

C_FILES, CPP_FILES = checks.real("c"), checks.real("cpp")
FUNCTION = re.compile(r"^(?:static|BROTLI_DEC_API) [^=]*?\)(?:;| \{)$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", C_FILES, ids=lambda path: path.name)
def test_real_files_of_c(path: Path) -> None:
    checks.as_listed(path, "C")
    text = path.read_text(encoding="utf-8")
    functions = [unit for unit in units(text, "C") if unit.kind == "function" and "#define" not in unit.code]
    assert len(functions) == len(FUNCTION.findall(text))


@pytest.mark.parametrize("path", CPP_FILES, ids=lambda path: path.name)
def test_real_files_of_cpp(path: Path) -> None:
    checks.as_listed(path, "C++")


@pytest.mark.parametrize("path", [*C_FILES[1:], *CPP_FILES[1:]], ids=lambda path: path.name)
def test_any_block_may_be_left_out(path: Path) -> None:
    checks.may_be_left_out(path.read_text(encoding="utf-8"), "C" if path in C_FILES else "C++")


HARD_C = """#ifndef HARD_H
#define MAX(a, b) ((a) > (b) ? (a) : (b))
/* Log it. */
#define LOG(format, ...) do { \\
    printf(format, __VA_ARGS__); \\
  } while (0)

/* -------- names -------- */
static const char *const *names(const char *s, unsigned int n, char *argv[],
                                void (*done)(int x), int grid[3][4], ...) {
  return 0;
}
int old(a, b) int a; char *b; { return a; }

/** A node. */
typedef struct node {
  int x;
  struct { int y; } inner;
} node_t, *node_p;
typedef struct { int x; } point;
typedef enum { RED, GREEN } colour;
struct named { int a; } instance = {1};
union number { int i; float f; };
struct declared;
typedef int (*callback)(int);

// One line,
// and another.
extern int plain(void);
struct node *make(void) __attribute__((malloc));
__attribute__((noreturn)) void die(const int code);
int (*choose(int which))(int);
FOO_API int api(int x);
/* Behind a macro. */
FOO_API unsigned long
api_long(FOO_RESTRICT const int *x) {
  struct node y;
  int local(int);
  return ({ int z = 1; z; });
}
void __init start(void) {}
#if A
int either(int a) { return 1; }
#else
int either(long a) { return 2; }
#endif
#endif
"""


def test_hard_cases_of_c() -> None:
    assert checks.listing(HARD_C, "C") == [
        "function MAX 2-2 (a, b)",
        "function LOG 3-6 (format, ...) documented",
        "function names 9-12 (s: const char *, n: unsigned int, argv: char *[], done: void (*)(int x),"
        " grid: int [3][4], ...) -> const char * * gives",
        "function old 13-13 (a, b) -> int gives",
        "class node 15-19 () documented",
        "class point 20-20 ()",
        "class colour 21-21 ()",
        "class named 22-22 ()",
        "class number 23-23 ()",
        "function plain 27-29 () -> int documented",
        "function make 30-30 () -> struct node *",
        "function die 31-31 (code: const int) -> void",
        "function choose 32-32 (which: int)",
        "function api 33-33 (x: int) -> int",
        "function api_long 34-40 (x: const int *) -> unsigned long gives documented",
        "function start 41-41 () -> void",
        "function either 43-43 (a: int) -> int gives",
        "function either 45-45 (a: long) -> int gives",
    ]


def test_signatures_of_c() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD_C, "C")}
    assert signatures["MAX"] == "#define MAX(a, b)"
    assert signatures["node"] == "struct node"
    assert signatures["plain"] == "extern int plain(void)"
    assert signatures["names"] == (
        "static const char *const *names(const char *s, unsigned int n, char *argv[], void (*done)(int x),"
        " int grid[3][4], ...)"
    )


HARD_CPP = """// Copyright nobody.

namespace outer::inner {
namespace {

/// Largest.
template <typename T, int N = 3>
[[nodiscard]] inline const T& largest(const T& a, T b = T(), std::vector<T>&& c, int* d = nullptr) noexcept;

// static
int hidden() { return 1; }

}  // namespace

/*!
 * A shape.
 */
class FOO_EXPORT Shape : public Base, private virtual Other<int> {
 public:
  Shape(int x, std::string name) : x_(x), name_{name} {}
  explicit Shape();
  Shape(const Shape&) = delete;
  virtual ~Shape() = default;
  virtual int area(int) const = 0;
  bool operator==(const Shape& other) const { throw std::runtime_error("x"); }
  int operator()(int a) const;
  explicit operator bool() const { return true; }
  template <class U> U* get(U* const& from) { return from; }
  template <class... A> void all(A&&... rest);
  auto later() -> std::unique_ptr<int> { return [](int a) { return a; }(1), nullptr; }
  static constexpr int size = 3;
  enum class Kind : char { A, B };
  struct Inner { void deep(int (&grid)[3], int* const* p, void (*f)(int)); };

 private:
  int x_;
};

union Either { int a; float b; };
template <> struct Traits<int> { static int of(); };
}  // namespace outer::inner

using namespace outer::inner;

// Made from nothing.
Shape::Shape() : x_(0) {}
template <typename T> void List<T>::push(T value) try { throw Full{1}; } catch (const std::exception& e) { throw; }
int Shape::area(int x) const {
  std::lock_guard<std::mutex> lock(mutex);
  Foo local(bar);
  if (x) throw x;
  try { f(); } catch (Error& e) { throw e; } catch (...) { throw; }
  return x;
}
Shape::operator bool() const { return false; }
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out; }
extern "C" {
int plain(void);
}
"""


def test_hard_cases_of_cpp() -> None:
    assert checks.listing(HARD_CPP, "C++") == [
        "function outer::inner::largest 6-8 (a: const T&, b: T = T(), c: std::vector<T>&&, d: int* = nullptr)"
        " -> const T & documented",
        "function outer::inner::hidden 11-11 () -> int gives",
        "class outer::inner::Shape 15-37 () documented",
        "method outer::inner::Shape::Shape 20-20 (x: int, name: std::string)",
        "method outer::inner::Shape::Shape 21-21 ()",
        "method outer::inner::Shape::Shape 22-22 ()",
        "method outer::inner::Shape::~Shape 23-23 ()",
        "method outer::inner::Shape::area 24-24 () -> int",
        "method outer::inner::Shape::operator== 25-25 (other: const Shape&) -> bool raises std::runtime_error",
        "method outer::inner::Shape::operator() 26-26 (a: int) -> int",
        "method outer::inner::Shape::operator bool 27-27 () gives",
        "method outer::inner::Shape::get 28-28 (from: U* const&) -> U * gives",
        "method outer::inner::Shape::all 29-29 (...rest: A&&...) -> void",
        "method outer::inner::Shape::later 30-30 () -> std::unique_ptr<int> gives",
        "class outer::inner::Shape::Kind 32-32 ()",
        "class outer::inner::Shape::Inner 33-33 ()",
        "method outer::inner::Shape::Inner::deep 33-33 (grid: int (&)[3], p: int* const*, f: void (*)(int)) -> void",
        "class outer::inner::Either 39-39 ()",
        "class outer::inner::Traits<int> 40-40 ()",
        "method outer::inner::Traits<int>::of 40-40 () -> int",
        "method Shape::Shape 45-46 () documented",
        "method List<T>::push 47-47 (value: T) -> void raises Full raises std::exception",
        "method Shape::area 48-54 (x: int) -> int gives raises Error",
        "method Shape::operator bool 55-55 () gives",
        "function operator<< 56-56 (out: std::ostream&, shape: const Shape&) -> std::ostream & gives",
        "function plain 58-58 () -> int",
    ]


def test_signatures_of_cpp() -> None:
    signatures = {unit.name: unit.signature for unit in units(HARD_CPP, "C++")}
    assert signatures["Shape::Shape"] == "Shape::Shape()"
    assert signatures["outer::inner::Shape::area"] == "virtual int area(int) const = 0"
    assert signatures["List<T>::push"] == "void List<T>::push(T value)"


@pytest.mark.parametrize(("text", "language"), [(HARD_C, "C"), (HARD_CPP, "C++")], ids=["c", "cpp"])
def test_windows_lines_are_the_same_units(text: str, language: str) -> None:
    assert checks.listing(text.replace("\n", "\r\n"), language) == checks.listing(text, language)


@pytest.mark.parametrize(
    ("comment", "documents"),
    [
        ("/* Does it. */", True),
        ("/** Does it. */", True),
        ("/*****************\n * Does it.\n */", True),
        ("// Does it.", True),
        ("//! Does it.", True),
        ("/* ---- helpers ---- */\n", False),
        ("/****************/", False),
        ("// -----", True),
        ("//-----", False),
        ("/* static */", False),
        ("// static", False),
        ("// NOLINTNEXTLINE(x)", False),
        ("// static memory, that is", True),
        ("/** @} */", False),
        ("// Part of the API of this.", True),
        ("/* FOO_API\n * does it. */", True),
        ("FOO_BEGIN_DECLS", False),
        ("// Does it.\nFOO_API", True),
        ("int x; // not this", False),
    ],
)
def test_what_documents_in_c(comment: str, documents: bool) -> None:
    assert checks.listing(f"int y;\n{comment}\nint f(void) {{}}\n", "C")[-1].endswith("documented") == documents


def test_macros_in_directives_are_seen() -> None:
    text = "#ifdef FOO_API\nint f(void);\n#elif FOO_STATIC\nint g(void);\n#endif\n#undef FOO_API\nint h(void);\n"
    assert not checks.broken(text, "C")
    assert [unit.name for unit in units(text, "C")] == ["f", "g", "h"]


def test_of_a_broken_file_whole_units_are_kept() -> None:
    assert checks.listing("int a(void) {}\nint b( {\n", "C")[0] == "function a 1-1 () -> int"
    assert checks.listing("class A {\n void f() {}\n void g( {\n};\n", "C++") == ["function f 2-2 () -> void"]


def test_linear_time() -> None:
    function = "/* F. */\nFOO_API int f(const char *a, int b[]) { return 1; }\n"
    checks.takes_linear_time(lambda n: function * n, "C")
    checks.takes_linear_time(lambda n: "FOO int f(BAR a);\n" * n, "C")
    method = "/* F. */\nint f(const char *a, int b = 3) { throw E(1); return 1; }\n"
    checks.takes_linear_time(lambda n: "class A {\n" + method * (n - 1) + "};\n", "C++")


@pytest.mark.parametrize("language", ["C", "C++"])
@pytest.mark.parametrize(
    "text",
    [
        "int f(" + "int a, " * 20_000 + "int z) {}\n",
        "int f() {" * 2000,
        "struct a {" * 2000,
        "const " * 20_000 + "int f();\n",
        "int " + "*" * 20_000 + "f();\n",
        "BEGIN" * 20_000 + "x\n",
        "API_" * 20_000 + "\n",
        "FOO_API " * 20_000 + "\n",
        "/**/\n" * 20_000 + "int f();\n",
        "#if A\n" * 2000,
        "template <" * 2000,
    ],
    ids=["parameters", "open", "structs", "const", "pointers", "begin", "api", "apis", "comments", "if", "templates"],
)
def test_hostile_files_end_soon(text: str, language: str) -> None:
    checks.ends_soon(text, language)
