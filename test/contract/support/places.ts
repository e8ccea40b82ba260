import { afterEach } from "mocha";
import type { Adapters, Place } from "./adapters.ts";

/** Opens stores of one port in places of their own, and after each test closes and removes them all. */
export function storesOf<Store extends { close(): unknown }, Options>(
  adapters: Pick<Adapters, "makePlace" | "removePlace">,
  open: (place: Place, options?: Options) => Promise<Store>,
) {
  const places: Place[] = [];
  const opened: Store[] = [];

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    for (const place of places.splice(0)) await adapters.removePlace(place);
  });

  return {
    async place(): Promise<Place> {
      const place = await adapters.makePlace();
      places.push(place);
      return place;
    },
    async open(place: Place, options?: Options): Promise<Store> {
      const store = await open(place, options);
      opened.push(store);
      return store;
    },
    /** A store in a new place. */
    async fresh(options?: Options): Promise<Store> {
      return this.open(await this.place(), options);
    },
  };
}
