/** A component. */
export const Button = forwardRef<HTMLButtonElement, Props>(({ size = 1, ...rest }: Props, ref) => {
  const onClick = useCallback((e: Event) => { rest.onClick?.(e); }, []);
  return <button ref={ref} onClick={() => onClick(null)} {...rest} />;
});

export function List<T,>({ items }: { items: T[] }): JSX.Element {
  return <ul>{items.map((item) => <li key={item.id}>{item.name}</li>)}</ul>;
}
