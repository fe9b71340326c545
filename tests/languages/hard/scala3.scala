package a

enum Color(val rgb: Int) derives Eq:
  case Red extends Color(1)
  case Mix(x: Int)
  def shade = 1
end Color

/** Documented. */
class Outer(using x: Int):
  def find(a: Int): Int =
    if a then
      1
    else
      2

  /** Also documented: not part of what stands before. */
  def late =
    1
    // the last comment

extension [T](xs: List[T])
  def one(a: Int): Int = 1

given Ord[Int] with
  def compare(a: Int, b: Int) = 1

given named: Ord[String] with
  def other = 1

trait Shape[A]:
  def area: A

inline def top(using Int)(inline x: Int): Int = x
