import { useState } from "react";
import type { Exchange } from "../../state/exchange.ts";
import { isPlace, PLACES, placeOfCookie } from "../../state/location.ts";

/** Where the client says that it is: the edge takes it to the nearest healthy Region, with the round trip from there. */
export function LocationChoice({ exchange }: { readonly exchange: Exchange }) {
  const [place, setPlace] = useState(() => placeOfCookie(document.cookie));
  return (
    <label className="location">
      You are in
      <select
        value={place ?? ""}
        onChange={({ target }) => {
          const chosen = isPlace(target.value) ? target.value : undefined;
          setPlace(chosen);
          exchange.moveTo(chosen);
        }}
      >
        <option value="">no place: next door</option>
        {Object.entries(PLACES).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
