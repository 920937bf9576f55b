// The list of any object that has no page of its own.
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { objectAt } from "../frame/places.ts";
import { RecordListPage } from "../table/RecordList.tsx";

export default function ListPage(): ReactNode {
  const object = objectAt(useLocation().pathname);
  return object !== undefined && <RecordListPage key={object} objectKey={object} />;
}
