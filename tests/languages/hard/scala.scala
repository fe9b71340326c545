package a.b
package c

/** Documented. */
@deprecated("x", "1")
abstract class Outer[T <: Base](private val x: Int = 1, ys: String*)(implicit z: Z) extends Base(x) with Shape {
  def this(a: Int) = this(a, "x")

  @throws(classOf[IOException]) @throws[Missing]("why")
  def find[U](
    a: U, // what
    b: => Int = 1
  )(c: Int*): List[U] = {
    try { } catch { case e: Fault => throw e; case _: Other => }
    throw new Late("a")
  }

  def area: Int
  def procedure() { println() }
  def unit(): Unit = println()
  def +(o: Outer[T]): Outer[T] = o
  def over(a: Int) = a
  def over(a: String) = a
  object Inner { case class Pair(a: Int); case object None }
  val task = new Runnable with Other { override def run() = { } }
  def outer() = { def local(a: Int) = 1; class Local { def h = 1 } }
}

trait Shape { self: Foo => def m: Int }
package object tools { def q = 1 }
