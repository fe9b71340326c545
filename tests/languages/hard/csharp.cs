namespace A.B;

/// <summary>Documented,
/// on two lines.</summary>
[Serializable, Foo(1)]
public abstract partial class Outer<T> : Base, IShape<T> where T : class, new()
{
    /** <summary>A block.</summary> */
    public Outer(int a, string b = "x", params object[] rest) : base(a) { throw new ArgumentException("x"); }
    static Outer() { }
    ~Outer() { }

    public static Outer<T> operator +(Outer<T> a, Outer<T> b) => a;
    public static explicit operator int(Outer<T> c) { return 1; }
    public int this[int i, int j = 0] { get { return 1; } set { } }
    public int Stored { get; private set; } = 1;
    public int Computed => 5;
    public event EventHandler Changed { add { } remove { } }
    public abstract Task<int?> Find<U>(
        ref int a, out string b, // two
        in T c) where U : struct;
    int IShape.Area(int? x = null) => throw new A.Missing();
    void Nothing() => Find();
    public delegate void Handler(int a);
    [DllImport("x")] static extern int Native(IntPtr p);

    IEnumerable<int> Generate()
    {
        yield return 1;
        int Local(int z) { return z; }
    }

    void Caught()
    {
        try { } catch (IOException e) when (e.X) { throw; } catch (FormatException f) { throw f; } catch { throw; }
        Func<int, int> f = x => { return x; };
    }

    enum Color { Red = 1, Green }
}
public interface IShape<in T> { int Sides(); int Count { get; } }
public record Point(int X, string? Y = null) : Base(X);
public readonly record struct Pair(int X) { public void Swap() { } }
public class Service(int a, ILogger log) { }
