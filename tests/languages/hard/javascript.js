/** Documented. */
// a comment between
@decorated
class Outer extends mixin(Base) {
  static #hidden = 1;
  handler = async (a, { b, c = 1 } = {}, ...rest) => { throw new TypeError('a'); };
  /** A constructor. */
  constructor(a) { super(a); }
  get value() { return this.a; }
  set value(v) { this.a = v; }
  static async *generate([x, y] = []) { yield x; }
  #secret() { }
  [Symbol.iterator]() { return null; }
}

/** Spread over
 * lines. */

export default async function main(
  a, // what
  b = f(1, 2),
) {
  try { a(); } catch (e) { throw e; }
  throw a;
}

export const arrow = a => b => a + b;
const first = () => 1, second = function named() { };
module.exports.made = class { method() { } };
Outer.prototype.late = function (x) { return x; };
const table = { short() { }, long: function () { }, 'quoted key': () => 1, inner: { deep() { } } };
const Wrapped = React.memo(({ a }) => { return a; });
app.get('/', function route(req, res) { });
(function immediately() { })();
function* gen() { yield 1; }
