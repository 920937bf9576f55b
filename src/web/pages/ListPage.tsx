// The list of any object that has no page of its own.
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { useSchema } from "../query.ts";
import { objectOfPath } from "../record/record-path.ts";
import { RecordListPage } from "../table/RecordList.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";

export default function ListPage(): ReactNode {
  const { pathname } = useLocation();
  const schema = useSchema().data;
  const key = schema && objectOfPath(pathname, schema.objects);
  if (key !== undefined) return <RecordListPage key={key} objectKey={key} />;
  return (
    <Page wide>
      <SkeletonRows rows={10} columns={4} />
    </Page>
  );
}
