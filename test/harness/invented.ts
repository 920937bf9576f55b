// Invented people for tests and figures: Chinese and English names, phones, e-mails, the same for the same seed.

export interface InventedContact {
  readonly name: string;
  readonly account: string;
  readonly phone: string;
  readonly email: string;
  readonly owner: string;
}

const surnames = [..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"];
const given = [..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红梅建国"];
const first = [
  "Olivia",
  "Noah",
  "Emma",
  "Liam",
  "Ava",
  "Ethan",
  "Mia",
  "Lucas",
  "Zoe",
  "Oscar",
  "Ruth",
  "Hugo",
  "Nora",
  "Felix",
  "Clara",
  "Jonas",
];
const last = [
  "Bennett",
  "Carver",
  "Dalton",
  "Ellison",
  "Fischer",
  "Granger",
  "Holloway",
  "Ingram",
  "Jennings",
  "Keller",
  "Lindholm",
  "Marlowe",
  "Novak",
  "Osborne",
];

/** mulberry32: small, and good enough to spread names. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function inventContacts(options: {
  readonly count: number;
  readonly accounts: readonly string[];
  readonly owners: readonly string[];
  readonly seed: number;
}): InventedContact[] {
  const random = seeded(options.seed);
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  return Array.from({ length: options.count }, (_, index) => {
    const chinese = random() < 0.6;
    const name = chinese
      ? `${pick(surnames)}${pick(given)}${random() < 0.7 ? pick(given) : ""}`
      : `${pick(first)} ${pick(last)}`;
    return {
      name,
      account: pick(options.accounts),
      phone: `13${String(600000000 + index * 733 + Math.floor(random() * 700)).padStart(9, "0")}`,
      email: `${chinese ? "lianxi" : name.toLowerCase().replace(" ", ".")}.${index}@invented-${Math.floor(random() * 900) + 100}.example`,
      owner: pick(options.owners),
    };
  });
}
