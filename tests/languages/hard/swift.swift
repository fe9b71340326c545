/// Documented.
/// More.
@objc(Outer) @available(iOS 13, *)
public final class Outer<T: Base>: Parent, Shape where T: Other {
  var stored: Int = 1
  lazy var lazily: Int = { return 1 }()

  /** A constructor. */
  // a comment between
  public init?(a: Int, _ b: String = "x", for c: T...) throws { super.init() }
  convenience init() { throw Failure.bad }
  deinit { }

  @discardableResult
  func find<U>(
    _ a: inout U, // what
    with b: @escaping (Int) -> Void = { _ in }
  ) async throws -> [U]? where U: Other {
    do {
      try f()
    } catch let e as Missing {
      throw e
    } catch {
      throw error
    }
    guard let z = x else { throw Fault.at(place: 1) }
    return xs.map { x in throw Inner() }
  }

  func typed() throws(MyError) { }
  static func == (a: Outer, b: Outer) -> Bool { return true }
  class func over(_ a: Int) -> Int { 1 }
  class func over(_ a: String) -> Int { 1 }
  var computed: Int { return 1 }
  subscript(i: Int) -> Int {
    get { 1 }
    set { }
  }
  struct Inner {
    enum Color: String {
      case a, b = "x"
      func shade() { }
    }
  }
}

extension Outer: Hashable where T: Hashable {
  func hash() { }
}

extension Foo.Bar {
  var twice: Int { 2 }
}

protocol Shape: AnyObject {
  associatedtype X
  func area(_ a: Int) throws -> Int
  var v: Int { get set }
  init(x: Int)
}

actor Counter {
  nonisolated func count() { }
}

@MainActor public func top(a: Int..., b c: Int) -> some View {
  func local() { }
  return 1
}
