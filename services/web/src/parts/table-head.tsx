interface TableHeadProps {
  readonly names: readonly string[];
  /** Those of them whose columns are numbers, and stand at the right. */
  readonly numeric?: readonly string[];
  /** A last column of buttons: its name is only for who hears the page. */
  readonly action?: string | undefined;
}

/** The line of names above a table. */
export function TableHead({ names, numeric = [], action }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col" className={numeric.includes(name) ? "num" : undefined}>
            {name}
          </th>
        ))}
        {action !== undefined && (
          <th scope="col">
            <span className="hidden">{action}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
