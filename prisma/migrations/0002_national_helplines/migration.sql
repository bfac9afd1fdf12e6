-- Who to call anywhere in the country, so that no page is ever without a signpost. Local hubs are each
-- partnership's own to add. From here on the rows are data like any other: edited, checked and owned by
-- people. No hours: the NSPCC's own pages disagree about theirs, and a wrong hour is worse than none.

INSERT INTO "support_contacts"
  ("name", "purpose", "audience", "number", "url", "address", "last_checked_on", "owner", "position")
VALUES
  ('Emergency', 'If a child is in immediate danger', 'everyone',
    '999', NULL, NULL, CURRENT_DATE, 'Safeguarding partnership', 10),
  ('Police', 'To report a concern that is not an emergency', 'everyone',
    '101', NULL, NULL, CURRENT_DATE, 'Safeguarding partnership', 20),
  ('Childline', 'For anyone under 19 to talk to somebody', 'young-people',
    '0800 1111', 'https://www.childline.org.uk/', NULL, CURRENT_DATE, 'Safeguarding partnership', 40),
  ('NSPCC Helpline', 'For adults who are worried about a child', 'adults',
    '0808 800 5000', 'https://www.nspcc.org.uk/keeping-children-safe/our-services/nspcc-helpline/', 'help@nspcc.org.uk',
    CURRENT_DATE, 'Safeguarding partnership', 50),
  ('Crimestoppers', 'To tell what you know about a crime without giving your name', 'everyone',
    '0800 555 111', 'https://crimestoppers-uk.org/', NULL, CURRENT_DATE, 'Safeguarding partnership', 60),
  ('CEOP Safety Centre', 'To report someone’s behaviour towards a child online', 'everyone',
    NULL, 'https://www.ceop.police.uk/Safety-Centre/', NULL, CURRENT_DATE, 'Safeguarding partnership', 70),
  ('Report Remove', 'To get a nude picture of someone under 18 taken down', 'young-people',
    NULL, 'https://www.childline.org.uk/info-advice/bullying-abuse-safety/online-mobile-safety/report-remove/', NULL,
    CURRENT_DATE, 'Safeguarding partnership', 80);
