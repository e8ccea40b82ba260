/** Grey lines where something is still loading; a screen reader hears what. */
export function Skeleton({ rows, what }: { readonly rows: number; readonly what: string }) {
  return (
    <div className="skeleton" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move
        <i key={row} />
      ))}
    </div>
  );
}
