package a.b;

/** Documented. */
// a comment between
@Deprecated
public abstract class Outer<T extends Comparable<T> & Cloneable> extends Base<T> implements A, B {
    static { init(); }

    /** A constructor. */
    public <U> Outer(final int a, @NonNull String[]... rest) throws IOException, java.net.URISyntaxException {
        super(a);
        if (a < 0) { throw new IllegalArgumentException("a"); }
    }

    abstract <U> List<U> find(
        Map<String, ? extends Object> by, // what
        int limit /* most */
    ) throws NotFound;

    int over(int a) { return a; }
    int over(String a) { return 1; }

    void caught() {
        try { over(1); } catch (IOException | RuntimeException e) { throw e; }
        RuntimeException made = null;
        throw made;
    }

    Runnable task = new Runnable() { @Override public void run() { return; } };

    Supplier<Integer> lazily() { return () -> { if (true) { throw new Inner1(); } return 2; }; }

    enum Color {
        RED(1) { @Override int shade() { return 2; } },
        GREEN;
        Color(int... of) { }
        abstract int shade();
    }

    interface Shape { int SIDES = 1; default void draw() { } double area(); }

    /* no documentation */
    @interface Marker { String value() default "x"; }

    record Point(int x, String... rest) implements Shape {
        Point { if (x < 0) throw new Geometry.Negative(); }
        static int origin() { return 0; }
    }
}
