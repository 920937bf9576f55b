// The ways in which sealed or tagged data can fail to be what it claims. None of them carries a key, a value or a
// length; whoever catches one must treat the row or file as damaged or tampered with, never as empty.

/** A sealed value or file that does not open: damaged, truncated, moved to another place, or sealed by another key. */
export class SealBroken extends Error {
  override name = "SealBroken";
}

/** A row whose keyed tag does not fit its fields: written by something that does not hold the keys. */
export class TagBroken extends Error {
  override name = "TagBroken";
  readonly table: string;
  constructor(table: string) {
    super(`a row of ${table} does not carry the tag of its fields`);
    this.table = table;
  }
}

/** A wrapped key that does not unwrap: damaged, moved to another row, or wrapped by another key. */
export class WrapBroken extends Error {
  override name = "WrapBroken";
}

/** A row wrapped by a class key version that this holder of keys does not (or not any more) have. */
export class KeyVersionUnknown extends Error {
  override name = "KeyVersionUnknown";
  readonly version: number;
  constructor(purpose: string, version: number) {
    super(`there is no key ${purpose} of version ${version}`);
    this.version = version;
  }
}

/** Key file, key store or key tables do not fit each other, or are not kept safely: the vault must not start. */
export class KeysUnusable extends Error {
  override name = "KeysUnusable";
}
