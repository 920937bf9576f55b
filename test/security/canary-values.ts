// Unique values to type into the product, none of which may ever be found on the disk. Each is one token, so that a
// part of it stored somewhere is found as well.
import { gb18030 } from "./canary-scanner.ts";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";

/** Characters that hardly anybody uses, so that no text of the product has two of them in a row. */
const rare = [..."囍堃犇骉羴猋麤鱻掱孖畾焱垚淼喆赟翀昉珅玥璟玙琬晟煊熠骅鸑鷟颢灏甯霁昶旻韫彧曌"].filter(
  // Of GBK, that is: two bytes there.
  (letter) => gb18030(letter).length === 2,
);

export class CanaryValues {
  readonly all: string[] = [];
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = seededRandom(`canary ${seed}`);
  }

  /** A Chinese word of five letters. */
  chinese(): string {
    return this.#keep(Array.from({ length: 5 }, () => this.#random.pick(rare)).join(""));
  }

  /** A Latin word of 14 letters, capitals among them. */
  latin(): string {
    const letters = [...this.#random.bytes(14)].map((byte) => String.fromCharCode(97 + (byte % 26)));
    return this.#keep(`Q${letters.join("")}`.replace(/^(.{6})(.)/u, (_, a: string, b: string) => a + b.toUpperCase()));
  }

  /** A Chinese mobile number, eleven digits. */
  phone(): string {
    return this.#keep(`1${this.#random.pick(["38", "59", "77", "86"])}${this.#digits(8)}`);
  }

  email(): string {
    return this.#keep(`${this.#letters(9)}@${this.#letters(8)}.example`);
  }

  /** A resident's number with its check digit (GB 11643-1999). */
  idNumber(): string {
    const body = `11010519${60 + this.#random.next(40)}0${1 + this.#random.next(9)}1${this.#random.next(10)}${this.#digits(3)}`;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
    return this.#keep(body + "10X98765432"[sum % 11]);
  }

  bankAccount(): string {
    return this.#keep(`622202${this.#digits(13)}`);
  }

  #letters(count: number): string {
    return [...this.#random.bytes(count)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => this.#random.next(10)).join("");
  }

  #keep(value: string): string {
    if (this.all.includes(value)) throw new Error(`${value} came twice`);
    this.all.push(value);
    return value;
  }
}
