-- Where the given names of a full name end and the surname begins, as far as a name tells: both as they were typed, and
-- NULL where it does not. No word class, no lower() and no regular expression asks the server's locale (see 0015):
-- letters are compared in the collation "C", where only ASCII has capitals, and what else counts is written out.
CREATE FUNCTION "name_in_parts"("full_name" text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  -- Honours go with a given name, titles with a surname too.
  honours CONSTANT text COLLATE "C" := 'sir|dame|lord|lady';
  titles CONSTANT text COLLATE "C" := 'mr|mrs|ms|miss|mx|mstr|dr|prof|professor|rev|revd|reverend|cllr|councillor|fr|pastor|'
    'sir|dame|lord|lady';
  -- What may stand between given names and the rest of a surname, in any case.
  particles CONSTANT text COLLATE "C" := 'van|von|vom|zu|zur|zum|de|del|den|der|du|des|da|das|do|dos|di|della|dei|degli|la|las|lo|los|le|les|'
    'ter|ten|te|op|af|av|''t|’t|ap|ab|ferch|mac|mc|o|o''|o’|ó|ni|nic|ua|st|st\.|bin|binti|binte|bint|ibn|abu|abd|abdul|abdel|al|el|'
    'ní|Ní|uí|Uí|Ó|بن|ابن|بنت|آل|ال|أبو|ابو|عبد';
  -- Those of them that begin a surname where another one follows them: nobody is called by one of these.
  beginning CONSTANT text COLLATE "C" := 'van|von|vom|de|del|den|der|du|da|das|do|dos|di|della|la|le|''t|’t';
  -- Without their full stops.
  suffixes CONSTANT text COLLATE "C" := '|jr|jnr|junior|sr|snr|esq|iii|mbe|cbe|kbe|dbe|bem|phd|dphil|bsc|msc|bed|med|mbchb|pgce|frcgp|frcp|frcs|frcpch|'
    'mrcgp|mrcp|mrcpch|qpm|';
  -- Also names, unless they are written so after two others.
  capitals CONSTANT text COLLATE "C" := '|OBE|BA|MA|MD|MP|JP|RN|RM|DL|KC|QC|CB|RGN|II|IV|';
  -- Whose writers put the surname first: characters of China, Japan and Korea.
  characters CONSTANT text COLLATE "C" := '\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\uac00-\ud7a3';
  two_characters CONSTANT text COLLATE "C" := '欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|尉遲|公孙|公孫|令狐|慕容|司徒|司空|夏侯|长孙|長孫|'
    '宇文|轩辕|軒轅|端木|百里|东郭|東郭|南宫|南宮|呼延|独孤|獨孤|西门|西門|钟离|鍾離|拓跋|申屠|太史|澹台|澹臺|闻人|聞人|赫连|赫連|公羊|万俟|'
    '萬俟|第五|남궁|황보|제갈|사공|선우|독고';
  title text COLLATE "C";
  family text COLLATE "C";
  plain text COLLATE "C";
  shorter text COLLATE "C";
  last text COLLATE "C";
  first text COLLATE "C";
  rest text COLLATE "C";
  is_titled boolean;
BEGIN
  plain := translate(full_name COLLATE "C", E'\t\n\u00a0\u2002\u2003\u2009\u202f\u3000，،\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff', '        ,,');
  -- The names of most people need nothing of what follows: known at once, they are sorted in half the time.
  IF plain ~ '^[A-Z\u00c0-\u024f][A-Za-z\u00c0-\u024f''’-]* [A-Z\u00c0-\u024f][A-Za-z\u00c0-\u024f''’-]*$'
    AND strpos('|' || titles || '|', '|' || lower(split_part(plain, ' ', 1)) || '|') = 0
    AND strpos(suffixes, '|' || lower(split_part(plain, ' ', 2)) || '|') = 0 THEN
    RETURN string_to_array(plain, ' ');
  END IF;

  title := '^(?:(?:' || titles || ')(?:\. *| +|(?= *[&/+]))(?:(?:and |[&/+]) *)?)+';
  family := '(?i)(?: (?:' || particles || '))* [^ ]+$';
  plain := regexp_replace(plain, '[(（[{][^])）}]*[])）}]?', ' ', 'g');
  plain := regexp_replace(plain, ' (?:n(?:e\u0301?|é)e|formerly) .*$', '', 'i');
  plain := regexp_replace(plain, '(?:^|(?<= ))[-!-%''*.:-?[-`{-~]+(?= |$)', '', 'g');
  plain := btrim(regexp_replace(regexp_replace(plain, ' *, *', ', ', 'g'), ' +', ' ', 'g'), ' ,');
  IF plain ~ '@' OR plain !~ '[^ -@[-`{-~]' THEN RETURN ARRAY[NULL, NULL]::text[]; END IF;

  shorter := regexp_replace(plain, title, '', 'i');
  is_titled := shorter <> plain AND plain !~* ('^(?:' || honours || ')');
  plain := shorter;
  LOOP
    last := substring(plain FROM '[, ]([^ ,]+)$');
    EXIT WHEN last IS NULL OR NOT (strpos(suffixes, '|' || lower(translate(last, '.', '')) || '|') > 0
      OR strpos(capitals, '|' || translate(last, '.', '') || '|') > 0 AND plain ~ '[a-z]' AND plain ~ '^[^ ]+ [^ ].*[ ,]');
    plain := rtrim(left(plain, -length(last)), ' ,');
  END LOOP;

  -- Smith, Jane: with anything longer before the comma, what follows may be a remark.
  IF plain ~ ',' THEN
    first := split_part(plain, ', ', 1);
    rest := regexp_replace(regexp_replace(split_part(plain, ', ', 2), title, '', 'i'), '^(?:' || titles || ')\.?$', '', 'i');
    IF split_part(plain, ', ', 3) <> '' OR substring(' ' || first FROM family) <> (' ' || first) THEN
      RETURN ARRAY[NULL, NULL]::text[];
    END IF;
    RETURN ARRAY[nullif(rest, ''), first];
  END IF;

  IF plain ~ ('^[' || characters || '\u3040-\u30ff ]+$') THEN
    first := CASE
      WHEN plain ~ ' ' THEN split_part(plain, ' ', 1)
      WHEN plain !~ ('^[' || characters || ']{2,4}$') THEN NULL
      WHEN plain ~ ('^(?:' || two_characters || ').') THEN left(plain, 2)
      ELSE left(plain, 1)
    END;
    RETURN ARRAY[nullif(btrim(substr(plain, length(first) + 1)), ''), first];
  END IF;

  first := substring(plain FROM family);
  IF first IS NULL THEN RETURN ARRAY[NULL, CASE WHEN is_titled THEN plain END]; END IF;
  rest := left(plain, length(plain) - length(first));
  IF rest ~* ('^(?:' || particles || ')$') AND (is_titled OR (rest ~ '^[a-z]+$' AND first ~ '^ [^a-z]'))
    OR rest ~* ('^(?:' || beginning || ')$') AND first ~ '. ' THEN
    RETURN ARRAY[NULL, plain];
  END IF;
  RETURN ARRAY[rest, ltrim(first)];
END $$;

-- What lists sort a full name by: the surname, then the given names, or the name as typed where it does not tell them
-- apart; O’Brien stands where OBrien would. Compared in an ICU collation, capitals and accents count last.
CREATE FUNCTION "name_as_sorted"("full_name" text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  parts text[] := name_in_parts(full_name);
BEGIN
  RETURN translate(coalesce(parts[2] || coalesce(' ' || parts[1], ''), full_name), '''‘’ʼ´`', '');
END $$;
