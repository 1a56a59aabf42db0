import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDeferredValue, useState } from 'react'

import { Problem } from '../../api/request'
import { useLogs } from '../../api/statistics'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { LogLine } from '../LogLine'
import { Notice } from '../Notice'
import classes from './places.module.css'
import own from './LogsPlace.module.css'

const texts = messages.logs
const LINES = [200, 500, 2_000]

/** The end of the log, the newest line first. */
export default function LogsPlace() {
  const [lines, setLines] = useState(LINES[0] ?? 0)
  const [type, setType] = useState('basic')
  const [word, setWord] = useState('')
  const logs = useLogs(lines, type)
  if (logs.error instanceof Problem && logs.error.status === 404) {
    return <Notice title={texts.off} hint={texts.offHint} />
  }
  return (
    <div className={classes.stack}>
      <div className={own.tools}>
        <NativeSelect
          label={texts.lines}
          value={lines}
          onChange={(event) => setLines(Number(event.currentTarget.value))}
          data={LINES.map(String)}
        />
        <NativeSelect
          label={texts.level}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data={[
            { value: 'basic', label: texts.basic },
            { value: 'debug', label: texts.debug },
          ]}
        />
        <TextInput
          label={texts.filter}
          value={word}
          onChange={(event) => setWord(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={!logs.data}
          onClick={() => saveAsFile(logs.data?.logs ?? '')}
        >
          {texts.download}
        </Button>
      </div>
      <Answer query={logs}>{(answer) => <Lines text={answer.logs} word={word} />}</Answer>
    </div>
  )
}

function Lines({ text, word }: { text: string; word: string }) {
  const wanted = useDeferredValue(word).toLowerCase()
  const lines = text.split('\n').filter((line) => line && line.toLowerCase().includes(wanted))
  if (lines.length === 0) return <Notice title={texts.none} hint={texts.noneHint} />
  return (
    <ol className={own.log} aria-label={texts.label} reversed tabIndex={0}>
      {lines.reverse().map((line, at) => (
        <LogLine key={lines.length - at} line={line} />
      ))}
    </ol>
  )
}

function saveAsFile(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  Object.assign(document.createElement('a'), { href: address, download: 'longbox.log' }).click()
  URL.revokeObjectURL(address)
}
