// The shapes of identifiers that cross the wire.
import { z } from "zod";

export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u);
export const objectKey = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,59}$/u);
export const fieldKey = z.string().regex(/^[a-z][a-zA-Z0-9_]{0,59}$/u);
export const instant = z.iso.datetime();
