// The recovery kit: the root key as 24 words on paper (BIP-39), with the id of the installation and a check code. Words
// that were misread are named one by one; nothing is restored from a kit whose check code does not fit.
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { checkCode, type RootKeyFile, writeKeyFile } from "./key-file.ts";

/** What stands on the paper. `words` are the root key itself. */
export interface RecoveryKit {
  readonly installationId: string;
  /** 24 English words, also in the Chinese kit: BIP-39 advises against other lists, and each word is known by its first four letters. */
  readonly words: readonly string[];
  readonly checkCode: string;
}

export type RecoveryKitFault = "word_count" | "unknown_word" | "checksum" | "check_code" | "installation";

/** A kit that was not typed as printed. `positions` are the numbers (from 1) of unknown words. */
export class RecoveryKitWrong extends Error {
  override name = "RecoveryKitWrong";
  readonly fault: RecoveryKitFault;
  readonly positions: readonly number[];
  constructor(fault: RecoveryKitFault, positions: readonly number[] = []) {
    super(`the recovery kit is not right: ${fault}${positions.length === 0 ? "" : ` (words ${positions.join(", ")})`}`);
    this.fault = fault;
    this.positions = positions;
  }
}

/** The kit of a root key. */
export function recoveryKit(key: RootKeyFile): RecoveryKit {
  const words = entropyToMnemonic(key.rootKey, wordlist).split(" ");
  return { installationId: key.installationId, words, checkCode: checkCode(key) };
}

/** What a person typed; upper case, numbers before words and extra white space do not matter. */
export interface TypedKit {
  readonly installationId: string;
  readonly words: string;
  readonly checkCode: string;
}

/** The root key of a typed kit. Four letters of a word are enough. Throws RecoveryKitWrong. */
export function readRecoveryKit(typed: TypedKit): RootKeyFile {
  const words = readWords(typed.words);
  let rootKey: Buffer;
  try {
    rootKey = Buffer.from(mnemonicToEntropy(words.join(" "), wordlist));
  } catch {
    throw new RecoveryKitWrong("checksum");
  }
  const installationId = plain(typed.installationId).replace(/\s+/g, "");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(installationId)) throw new RecoveryKitWrong("installation");
  const key = { installationId, rootKey };
  const digits = (code: string): string => plain(code).replace(/[^0-9a-f]/g, "");
  if (digits(typed.checkCode) !== digits(checkCode(key))) throw new RecoveryKitWrong("check_code");
  return key;
}

/** Writes the key file again from a typed kit. Throws RecoveryKitWrong, or KeysUnusable when another key is there. */
export function restoreKeyFile(file: string, typed: TypedKit): RootKeyFile {
  const key = readRecoveryKit(typed);
  writeKeyFile(file, key);
  return key;
}

function readWords(text: string): string[] {
  const typed = plain(text).match(/[a-z]+/g) ?? [];
  if (typed.length !== 24) throw new RecoveryKitWrong("word_count");
  const words = typed.map(findWord);
  const unknown = words.flatMap((word, index) => (word === undefined ? [index + 1] : []));
  if (unknown.length > 0) throw new RecoveryKitWrong("unknown_word", unknown);
  return words.filter((word) => word !== undefined);
}

/** The word itself, or the only one that begins with these four letters. */
function findWord(typed: string): string | undefined {
  if (typed.length < 4) return wordlist.includes(typed) ? typed : undefined;
  const word = wordlist.find((one) => one.startsWith(typed.slice(0, 4)));
  return word?.startsWith(typed) === true ? word : undefined;
}

/** Full-width letters become plain ones (NFKC); lower case. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
