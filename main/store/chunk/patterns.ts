/** A double as its bits. One scratch double serves all: nothing is allocated and no call is left unfinished. */
export const asDouble = new Float64Array(1)
/** Lower half first: every platform that Weir ships for is little-endian. */
export const asHalves = new Uint32Array(asDouble.buffer)
