import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'

import { messages } from '../../messages'
import { useEscape } from '../../useEscape'
import { useFocusReturn } from '../../useFocusReturn'
import classes from './Dialog.module.css'

const PHONE = '(max-width: 47.9375em)'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  narrow?: boolean
  opened?: boolean
}

/** A dialog above the page, over all of it on phones; the focus returns to where it was. */
export function Dialog({ title, onClose, children, narrow = false, opened = true }: Props) {
  const isPhone = useMediaQuery(PHONE)
  useEscape(opened, onClose)
  useFocusReturn()
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={narrow ? '30rem' : '60rem'}
      lockScroll={false} // as in Details
      closeOnEscape={false}
      fullScreen={isPhone && !narrow}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      centered={narrow}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content classNames={{ content: classes.dialog ?? '' }}>
        <div className={classes.header}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={messages.batch.close} />
        </div>
        <Modal.Body className={classes.body}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
