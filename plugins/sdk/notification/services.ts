/** The chats that notices go to: what each of them wants to get. */
import { dynamic, optional, text } from '../schema.ts';
import { factsOf, type ExecutionNews } from './news.ts';
import type { ChatService } from './webhook.ts';

const good = { hex: '#3ba272', number: 0x3ba272 };
const bad = { hex: '#d64550', number: 0xd64550 };
const colorOf = (news: ExecutionNews): typeof good => (news.isBad ? bad : good);

/** Only members that have a value. */
const given = (members: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])));

/** Slack reads these three as its own marks. */
const slackText = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack: ChatService = {
  name: 'Slack',
  packages: ['io.kestra.plugin.slack.notifications', 'io.kestra.plugin.slack', 'io.kestra.plugin.notifications.slack'],
  words: { property: 'messageText', payload: (words) => ({ text: words }) },
  noticeProperties: () => ({
    channel: optional(dynamic(text({ title: 'Channel', description: 'Another than the webhook\'s own.' }))),
    username: optional(dynamic(text({ title: 'Name of the sender' }))),
    iconUrl: optional(dynamic(text({ title: 'Picture of the sender', description: 'Its address.' }))),
    iconEmoji: optional(dynamic(text({ title: 'Emoji of the sender', description: 'Such as `:tada:`.' }))),
  }),
  notice: (news, read) => ({
    text: news.link === undefined ? slackText(news.headline) : `<${news.link}|${slackText(news.headline)}>`,
    ...given({ channel: read('channel'), username: read('username'), icon_url: read('iconUrl'), icon_emoji: read('iconEmoji') }),
    attachments: [{
      color: colorOf(news).hex,
      ...given({ text: news.message === undefined ? undefined : slackText(news.message) }),
      fields: factsOf(news).map(([title, value]) => ({ title, value: slackText(value), short: true })),
    }],
  }),
};

export const discord: ChatService = {
  name: 'Discord',
  packages: ['io.kestra.plugin.discord', 'io.kestra.plugin.discord.notifications', 'io.kestra.plugin.notifications.discord'],
  words: { property: 'content', payload: (words) => ({ content: words }) },
  noticeProperties: () => ({
    username: optional(dynamic(text({ title: 'Name of the sender' }))),
    avatarUrl: optional(dynamic(text({ title: 'Picture of the sender', description: 'Its address.' }))),
    content: optional(dynamic(text({ title: 'Words above the notice' }))),
  }),
  notice: (news, read) => ({
    ...given({ username: read('username'), avatar_url: read('avatarUrl'), content: read('content') }),
    // Discord takes at most 25 fields, and texts of 256, 1,024 and 4,096 characters.
    embeds: [{
      title: news.headline.slice(0, 256), color: colorOf(news).number, ...given({ url: news.link, description: news.message?.slice(0, 4096) }),
      fields: factsOf(news).slice(0, 25).map(([name, value]) => ({ name: name.slice(0, 256), value: value === '' ? '-' : value.slice(0, 1024), inline: true })),
    }],
  }),
};

export const teams: ChatService = {
  name: 'Teams',
  packages: ['io.kestra.plugin.microsoft365.teams', 'io.kestra.plugin.microsoft365.teams.notifications', 'io.kestra.plugin.notifications.teams'],
  words: { property: 'messageText', payload: (words) => ({ '@type': 'MessageCard', '@context': 'https://schema.org/extensions', summary: words.slice(0, 200), text: words }) },
  noticeProperties: () => ({
    themeColor: optional(dynamic(text({ title: 'Colour of the card', description: 'As `d64550`. Left out: by the state.' }))),
    activityTitle: optional(dynamic(text({ title: 'Title above the facts' }))),
    activitySubtitle: optional(dynamic(text({ title: 'Second title above the facts' }))),
  }),
  notice: (news, read) => ({
    '@type': 'MessageCard', '@context': 'https://schema.org/extensions',
    summary: news.headline, title: news.headline, themeColor: read('themeColor')?.replace(/^#/, '') ?? colorOf(news).hex.slice(1),
    ...given({ text: news.message }),
    sections: [{ ...given({ activityTitle: read('activityTitle'), activitySubtitle: read('activitySubtitle') }), facts: factsOf(news).map(([name, value]) => ({ name, value })) }],
    ...(news.link === undefined ? {} : { potentialAction: [{ '@type': 'OpenUri', name: 'Open', targets: [{ os: 'default', uri: news.link }] }] }),
  }),
};
