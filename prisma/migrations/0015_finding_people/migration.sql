-- People are found alike on every server. What a word and a capital are is written down here, because to_tsvector() and
-- lower() ask the server's locale: with a curly apostrophe O’Brien is one word on one server, two on another and
-- something else on a third. The function and the index of 0007 stay for processes of the version before.

-- The words of a name as they are looked for, however it is typed: without accents, vowel signs and capitals, with
-- plain letters for those that Unicode does not take apart. A name with an apostrophe, a hyphen or a joiner is each of
-- its parts, and also what it is without. The order is part of what is promised: apostrophes before NFKD, which makes
-- of an acute accent that stands alone a space.
CREATE FUNCTION "name_as_searched"(typed text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_remove(
    regexp_split_to_array(folded, between) ||
    regexp_split_to_array(regexp_replace(folded, '[''\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'), between) ||
    regexp_split_to_array(regexp_replace(folded, '[''\u00ad\u200b-\u200f\u2060\ufeff\u2010-\u2015\u2212\u05be-]', '', 'g'), between),
    ''))
  FROM (SELECT
    '[\u0001-/:-@[-`{-\u00bf\u00d7\u00f7\u02b9-\u02df\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u060c\u061b\u061e\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\ufeff\uff00-\uff0f\uff61-\uff65\ufff9-\uffff]+' AS between,
    replace(replace(replace(replace(regexp_replace(
      translate(normalize(translate(typed, '`´ʹʺʻʼʽ‘’‛′＇', ''''''''''''''''''''''''''), NFKD),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZÆÐØÞðøĐđĦħıĸŁłŊŋŒŦŧƀƁƂƄƆƇƉƊƋƎƏƐƑƒƓƔƖƗƘƙƚƜƝƟƢƤƥƦƧƩƬƭƮƱƲƳƴƵƶƷƸƼǤǥǶ'
        'ǷȜȠȢȤȥȺȻȽȾɁɃɄɅɆɈɊɌɍɎɏͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМН'
        'ОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚ'
        'ԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖẞɓɖɗɠɨɫɲɵʈʉʋیىک',
        'abcdefghijklmnopqrstuvwxyzædoþdoddhhikllnnœttbbƃƅɔƈddƌǝəɛffgɣɩikklɯnoƣppʀƨʃtttʊvyyzzʒƹƽggƕ'
        'ƿȝƞȣzzⱥȼlⱦɂbuʌɇɉɋrryyͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωσϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгдежзиклмн'
        'опрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛ'
        'ԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆßbddgilnotuvييك'),
      '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f]', '', 'g'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') COLLATE "C" AS folded) AS parts
$$;
CREATE INDEX "bookings_by_words_of_name" ON "bookings" USING gin ("name_as_searched"("name"));

-- A telephone number as it is looked for: its digits without what comes before them within the country or from abroad,
-- so that it is also found as a spreadsheet left it, without its 0.
CREATE FUNCTION "phone_as_searched"(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(
    normalize(typed, NFKC) COLLATE "C", '[^0-9]', '', 'g'), '^0+', ''), '^44(?=[0-9]{9})0*', '')
$$;
CREATE INDEX "bookings_by_phone" ON "bookings" ("phone_as_searched"("phone") text_pattern_ops) WHERE "phone" IS NOT NULL;
