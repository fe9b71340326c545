package a.b

/** Documented. */
@Deprecated("x")
abstract class Outer<T : Base>(private val x: Int = 1, vararg y: String, z: T?) : Base(x), Shape by z where T : Other {
    init {
        require(true)
    }

    constructor(a: Int) : this(a, "x") {
        throw IllegalStateException("a")
    }

    val computed: Int
        get() = 1
    var guarded: Int = 0
        private set(value) { field = value }
    val stored by lazy { 1 }

    companion object {
        fun make(): Outer = Outer(1)
    }

    inner class Inner {
        fun outer() {
            fun local(): Int { return 1 }
            listOf(1).forEach { return@forEach }
        }
    }

    enum class Color(val n: Int) {
        RED(1) {
            override fun shade() = 1
        },
        GREEN(2);
        abstract fun shade(): Int
    }

    val task = object : Runnable {
        override fun run() { }
    }

    /** Throws. */
    // a comment between
    @Throws(IOException::class, FormatException::class)
    fun <U> find(
        by: Map<String, U>, // what
        then: (Int) -> Unit = {},
        vararg rest: Int,
    ): List<U>? {
        try { } catch (e: IOException) { throw e }
        return null
    }

    operator fun plus(other: Outer): Outer = other
}

object Single {
    fun `with spaces`() { }
}

sealed interface Shape {
    fun area(): Int
}

data class Point(val a: Int)
suspend inline fun <reified T> List<T>.first(crossinline of: () -> T): T where T : Any { return of() }
val String.half: Int get() { return 1 }
