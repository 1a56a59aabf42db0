import { Alert, Drawer, Skeleton } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'

import { isReadable } from '../api/pages'
import { useFile } from '../api/queries'
import type { FileDetails } from '../api/shapes'
import { ago, count, date, size } from '../human'
import { messages } from '../messages'
import { useEscape } from '../useEscape'
import type { Show } from '../useView'
import { DEFAULTS, type View, writeView } from '../view'
import { Badges } from './Badges'
import { Actions } from './batches/ActionBar'
import { Cover } from './Cover'
import classes from './Details.module.css'
import { type Fact, Facts } from './Facts'
import { ProblemAlert } from './ProblemAlert'
import { Tags } from './Tags'

const PageStrip = lazy(() => import('./pages/PageStrip'))

interface Props {
  view: View
  show: Show
}

/** All that is known of one comic, beside the list. */
export function Details({ view, show }: Props) {
  const { file: id, leaf } = view
  const onClose = () => show({ file: null })
  const [last, setLast] = useState(id)
  if (id !== null && id !== last) setLast(id) // what slides out still shows the comic
  useEscape(id !== null, onClose)
  return (
    <Drawer.Root
      opened={id !== null}
      onClose={onClose}
      closeOnEscape={false}
      position="right"
      size="32rem"
      lockScroll={false} // it would make a style element, which the content security policy refuses
    >
      <Drawer.Overlay backgroundOpacity={0.35} />
      {last !== null && <Content id={last} leaf={leaf} show={show} />}
    </Drawer.Root>
  )
}

interface ContentProps {
  id: number
  leaf: number | null
  show: Show
}

function Content({ id, ...reading }: ContentProps) {
  const file = useFile(id)
  return (
    <Drawer.Content classNames={{ content: classes.drawer ?? '' }}>
      <div className={classes.header}>
        <Drawer.Title className={classes.title}>{file.data?.name ?? messages.details.loading}</Drawer.Title>
        <Drawer.CloseButton aria-label={messages.details.close} />
      </div>
      <Drawer.Body className={classes.body}>
        {file.failureReason && <ProblemAlert error={file.failureReason} onRetry={() => void file.refetch()} />}
        {file.data && <Known file={file.data} {...reading} />}
        {file.isPending && !file.failureReason && <Skeleton height={160} />}
      </Drawer.Body>
    </Drawer.Content>
  )
}

function Known({ file, leaf, show }: { file: FileDetails } & Omit<ContentProps, 'id'>) {
  return (
    <>
      <div className={classes.cover}>
        <Cover file={file} alt={messages.cover.of(file.name)} />
        <Badges file={file} />
      </div>
      {!file.missing && <Actions selection={{ ids: new Set([file.id]) }} />}
      {file.fault && (
        <Alert color="red" title={messages.status.fault}>
          {file.fault}
        </Alert>
      )}
      {file.notes && file.notes.length > 0 && (
        <Alert color="blue" title={messages.details.notes}>
          {file.notes.join(' ')}
        </Alert>
      )}
      {file.missing && (
        <Alert color="gray" title={messages.status.missing}>
          {messages.details.gone}
        </Alert>
      )}
      {isReadable(file) && (
        <Suspense fallback={<Skeleton height={160} />}>
          <PageStrip file={file} leaf={leaf} show={show} />
        </Suspense>
      )}
      <section>
        <h3>{messages.details.file}</h3>
        <Facts facts={listFacts(file)} />
      </section>
      <section>
        <h3>{messages.details.tags}</h3>
        <Tags file={file} />
      </section>
      <a className={classes.history} href={writeView({ ...DEFAULTS, place: 'history', file: file.id })}>
        {messages.details.history}
      </a>
    </>
  )
}

function listFacts(file: FileDetails): Fact[] {
  const { details } = messages
  return [
    [details.path, file.path],
    [details.size, `${size(file.size)} (${details.bytes(file.size)})`],
    [details.modified, `${date(file.modified)} (${ago(file.modified)})`],
    [details.format, file.format?.toUpperCase()],
    [details.pages, file.page_count === null ? undefined : count(file.page_count)],
  ]
}
