// Telephone numbers: whatever format a person types, one stored form (E.164), so that the same number is the same value.
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** Numbers without a country code are read as Chinese. */
const defaultCountry = "CN";

const typed = /^[+0-9][0-9 ().\-/_\u2010-\u2015]{4,38}$|^\([0-9+][0-9 ().\-/_\u2010-\u2015]{4,38}$/u;
const chineseMobile = /^(?:\+?86|0086)?(1[3-9][0-9]{9})$/u;

/**
 * The E.164 form of a typed number (138 1234 5678, +86-138…, ０１０-６５５５ …, 0044 20 …), or undefined when it is none
 * that can exist. Numbers with an extension are refused, since E.164 would lose it. Never throws.
 */
export function readPhone(text: string): string | undefined {
  const plain = text.normalize("NFKC").trim();
  if (!typed.test(plain)) return undefined;
  const bare = plain.replaceAll(/[ ().\-/_\u2010-\u2015]/gu, "");
  // Nine numbers of ten are Chinese mobiles; the ranges 13-19 are all assigned (MIIT numbering plan).
  const mobile = chineseMobile.exec(bare)?.[1];
  if (mobile !== undefined) return `+86${mobile}`;
  const international = bare.startsWith("00") ? `+${bare.slice(2)}` : bare;
  const parsed = parsePhoneNumberFromString(international, { defaultCountry, extract: false });
  return parsed?.isValid() === true && parsed.ext === undefined ? parsed.number : undefined;
}

/** Area codes of the Chinese mainland without their 0: 10, 20-29, and three digits from 310 on. */
const areaCodes: readonly string[] = [
  "10",
  ...Array.from({ length: 10 }, (_, index) => String(20 + index)),
  ...Array.from({ length: 690 }, (_, index) => String(310 + index)),
];

/**
 * The stored forms that a landline number typed without its area code (6666 8888) may have: one for each area code, since
 * people who know each other's city leave it out. None for what is no such number.
 */
export function localForms(text: string): readonly string[] {
  const digits = text
    .normalize("NFKC")
    .trim()
    .replaceAll(/[ \-\u2010-\u2015]/gu, "");
  return /^[2-8]\d{6,7}$/u.test(digits) ? areaCodes.map((area) => `+86${area}${digits}`) : [];
}
