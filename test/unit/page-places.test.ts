import { expect } from "chai";
import { describe, it } from "mocha";
import { LOCATIONS } from "#local/edge/locations.ts";
import { cookieOfPlace, isPlace, PLACES, placeOfCookie } from "#services/web/src/state/location.ts";

describe("the places that the page offers", () => {
  it("are those of which the edge knows how far the Regions are", () => {
    expect(Object.keys(PLACES)).to.have.members(Object.keys(LOCATIONS));
  });

  it("are read from the cookie that the choice has set, and nothing else is", () => {
    for (const name of Object.keys(PLACES).filter(isPlace)) {
      const [cookie] = cookieOfPlace(name).split(";");
      expect(placeOfCookie(`other=1; ${cookie}`)).to.equal(name);
    }
    expect(placeOfCookie("meridian_location=atlantis")).to.equal(undefined);
    expect(cookieOfPlace(undefined)).to.match(/Max-Age=0/);
  });
});
