import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { useChangeSettings, useDefaultSettings, useSettings } from '../../api/settings'
import type { Settings } from '../../api/shapes'
import { size } from '../../human'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { FormatTemplates } from '../FormatTemplates'
import { NamePreviews } from '../NamePreviews'
import { PageSettings } from '../PageSettings'
import { ProblemAlert } from '../ProblemAlert'
import { NumberField, SwitchField, TextField } from '../SettingField'
import { TemplateHelp } from '../TemplateHelp'
import classes from './places.module.css'
import own from './SettingsPlace.module.css'

const texts = messages.settings

/** What can be changed at run time; what is typed counts once it is saved. */
export default function SettingsPlace() {
  const settings = useSettings()
  return (
    <div className={own.settings}>
      <Answer query={settings}>{(kept) => <Form kept={kept} />}</Answer>
      <PageSettings />
    </div>
  )
}

function Form({ kept }: { kept: Settings }) {
  const defaults = useDefaultSettings().data
  const save = useChangeSettings()
  const [draft, setDraft] = useState<Partial<Settings>>({})
  const now = { ...kept, ...draft }
  const [round, turn] = useState(0) // what is typed beside the draft begins anew with each
  const changes = Object.entries(draft).filter(([name, value]) => !isSame(kept[name as keyof Settings], value))
  const field = <Name extends keyof Settings>(name: Name) => ({
    value: now[name],
    standard: defaults?.[name],
    onChange: (value: Settings[Name]) => setDraft({ ...draft, [name]: value }),
  })
  const reset = () => {
    setDraft({})
    turn(round + 1)
  }
  const submit = () => save.mutate(Object.fromEntries(changes), { onSuccess: reset })
  return (
    <form
      className={own.form}
      aria-label={messages.places.settings}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (changes.length > 0) submit()
      }}
    >
      <section className={classes.part}>
        <h3>{texts.names}</h3>
        <TextField label={texts.template} hint={texts.templateHint} {...field('filename_format')} />
        <TemplateHelp />
        <NumberField label={texts.padding} hint={texts.paddingHint} {...field('issue_number_padding')} />
        <SwitchField label={texts.byContent} hint={texts.byContentHint} {...field('extension_by_content')} />
        <SwitchField label={texts.convert} hint={texts.convertHint} {...field('convert')} />
        <NamePreviews naming={pickNaming(now)} />
        <FormatTemplates
          key={round}
          kept={kept.filename_formats}
          naming={pickNaming(now)}
          onChange={(templates) => setDraft({ ...draft, filename_formats: templates })}
        />
      </section>
      <section className={classes.part}>
        <h3>{texts.scans}</h3>
        <NumberField label={texts.every} hint={texts.everyHint} {...field('scan_every_minutes')} />
        <NumberField label={texts.forget} hint={texts.forgetHint} {...field('forget_missing_after_days')} />
      </section>
      <section className={classes.part}>
        <h3>{texts.folders}</h3>
        <TextField
          label={texts.duplicates}
          hint={texts.duplicatesHint}
          value={now.duplicates_root ?? ''}
          standard=""
          onChange={(value) => setDraft({ ...draft, duplicates_root: value || null })}
        />
        <NumberField label={texts.log} hint={texts.logHint(size(now.log_max_bytes))} {...field('log_max_bytes')} />
      </section>
      {save.error && <ProblemAlert error={save.error} onRetry={submit} />}
      <div className={own.bar} data-changed={changes.length > 0}>
        <span role="status">
          {changes.length > 0 ? texts.changed(changes.length) : save.isSuccess && texts.saved}
        </span>
        {changes.length > 0 && (
          <div className={classes.buttons}>
            <Button type="submit" size="xs" loading={save.isPending}>
              {texts.save}
            </Button>
            <Button size="xs" variant="default" onClick={reset}>
              {texts.discard}
            </Button>
          </div>
        )}
      </div>
    </form>
  )
}

/** Templates are compared by what they say. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function pickNaming({ filename_format, issue_number_padding, extension_by_content, convert }: Settings) {
  return { filename_format, issue_number_padding, extension_by_content, convert }
}
