/** Documented. */
@Injectable()
export abstract class Outer<T extends Base = Other> extends Parent<T> implements A, B {
  private readonly x: number = 1;
  /** An arrow. */
  static handler = async (a: string, b?: number): Promise<void> => { return; };
  constructor(private readonly a: string, public b?: number, ...rest: any[]) { super(); }
  /** Abstract. */
  abstract find(a: string): void;
  @Input() get v(): string { return this.x; }
  over(x: number): string;
  over(x: string): string;
  over(this: Outer, x: any, { a, b }: P = {}): asserts x is string { throw new Missing("x"); }
  *generate(): Iterator<T> { yield 1; }
}

interface Shape<T> extends Base { (x: number): string; area(a: T): void; prop: (a: T) => void; get q(): string; }
export declare function declared(a: number): string;
declare namespace N.M { function g(): void; namespace O { class P { } } }
declare module "foo" { export default function h(): void; }
declare const enum Color { Red, Green = "g" }
type Props = { onClick(): void; a: string };
export default class { method() { } }
const guard = <T,>(a: unknown): a is T => true;
