//! Names of languages (BCP 47), as the IANA registry has them: those of two letters
//! and of regions are all here; of three letters there are thousands, so only what
//! surely is none is told.

use super::{Bad, Kind};

pub(super) const LANGUAGE: Kind = Kind {
    expected: "the name of a language as in BCP 47, such as `en`, `de-AT` or `zh-Hans`",
    judge: |value| match value.is_empty() {
        true => Ok(()),
        false => judge(value),
    },
};

/// ISO 639-1, with what it had before.
const TWO: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co \
    cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he \
    hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn \
    ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne \
    ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk \
    sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi \
    vo wa wo xh yi yo za zh zu";

/// Names of three letters that stand for one of two: that is the one to use.
const THREE: &str = "aar=aa abk=ab afr=af aka=ak alb=sq amh=am ara=ar arg=an arm=hy asm=as ava=av \
    ave=ae aym=ay aze=az bak=ba bam=bm baq=eu bel=be ben=bn bis=bi bod=bo bos=bs bre=br bul=bg \
    bur=my cat=ca ces=cs cha=ch che=ce chi=zh chu=cu chv=cv cor=kw cos=co cre=cr cym=cy cze=cs \
    dan=da deu=de div=dv dut=nl dzo=dz ell=el eng=en epo=eo est=et eus=eu ewe=ee fao=fo fas=fa \
    fij=fj fin=fi fra=fr fre=fr fry=fy ful=ff geo=ka ger=de gla=gd gle=ga glg=gl glv=gv gre=el \
    grn=gn guj=gu hat=ht hau=ha heb=he her=hz hin=hi hmo=ho hrv=hr hun=hu hye=hy ibo=ig ice=is \
    ido=io iii=ii iku=iu ile=ie ina=ia ind=id ipk=ik isl=is ita=it jav=jv jpn=ja kal=kl kan=kn \
    kas=ks kat=ka kau=kr kaz=kk khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko kua=kj kur=ku \
    lao=lo lat=la lav=lv lim=li lin=ln lit=lt ltz=lb lub=lu lug=lg mac=mk mah=mh mal=ml mao=mi \
    mar=mr may=ms mkd=mk mlg=mg mlt=mt mon=mn mri=mi msa=ms mya=my nau=na nav=nv nbl=nr nde=nd \
    ndo=ng nep=ne nld=nl nno=nn nob=nb nor=no nya=ny oci=oc oji=oj ori=or orm=om oss=os pan=pa \
    per=fa pli=pi pol=pl por=pt pus=ps que=qu roh=rm ron=ro rum=ro run=rn rus=ru sag=sg san=sa \
    sin=si slk=sk slo=sk slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es sqi=sq srd=sc \
    srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tib=bo \
    tir=ti ton=to tsn=tn tso=ts tuk=tk tur=tr twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi \
    vol=vo wel=cy wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zho=zh zul=zu";

/// What people write for a language that it is not, and the language.
const MISTAKEN: &str = "jp=ja cn=zh cz=cs dk=da gr=el ua=uk kz=kk vn=vi english=en german=de \
    french=fr spanish=es italian=it japanese=ja chinese=zh russian=ru arabic=ar czech=cs \
    danish=da dutch=nl finnish=fi greek=el hebrew=he hindi=hi hungarian=hu korean=ko \
    norwegian=no persian=fa polish=pl portuguese=pt romanian=ro swedish=sv turkish=tr \
    ukrainian=uk deutsch=de espanol=es francais=fr italiano=it polski=pl portugues=pt";

/// ISO 3166-1, and what the registry has besides.
const REGIONS: &str = "aa ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg \
    bh bi bj bl bm bn bo bq br bs bt bu bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cp cr cs \
    cu cv cw cx cy cz dd de dg dj dk dm do dz ea ec ee eg eh er es et eu ez fi fj fk fm fo fr fx \
    ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il im in \
    io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly \
    ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no \
    np nr nt nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se \
    sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz ta tc td tf tg th tj tk tl tm tn to tp tr \
    tt tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws yd ye yt yu za zm zr zw zz";

/// Parts of the world (UN M.49).
const AREAS: &str = "001 002 003 005 009 011 013 014 015 017 018 019 021 029 030 034 035 039 053 \
    054 057 061 142 143 145 150 151 154 155 202 419";

/// Variants that begin with a digit.
const VARIANTS: &str = "1606nict 1694acad 1901 1959acad 1994 1996";

/// Names from before there were rules.
const OLD: &str = "art-lojban cel-gaulish en-gb-oed i-ami i-bnn i-default i-enochian i-hak \
    i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu no-bok no-nyn sgn-be-fr sgn-be-nl \
    sgn-ch-de zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang";

fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|own| own == word)
}

/// What a list has for a word.
fn named<'a>(list: &'a str, word: &str) -> Option<&'a str> {
    let pairs = list.split_ascii_whitespace();
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.find(|(own, _)| *own == word).map(|(_, name)| name)
}

/// What is wrong with the name of a language, and what may have been meant; none, if
/// nothing is.
pub(in crate::check) fn fault(name: &str) -> Option<(String, Option<String>)> {
    let bad = judge(name).err()?;
    Some((bad.why.into_owned(), bad.meant))
}

fn judge(value: &str) -> Result<(), Bad> {
    let lower = value.to_ascii_lowercase();
    if has(OLD, &lower) {
        return Ok(());
    }
    if lower.contains('_') {
        let meant = value.replace('_', "-");
        return Err(Bad {
            why: "`-` stands between its parts".into(),
            meant: judge(&meant).is_ok().then_some(meant),
        });
    }
    let parts: Vec<&str> = lower.split('-').collect();
    let is_part = |part: &&str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if !parts.iter().all(is_part) {
        return Err(Bad::because(
            "its parts have one to eight letters or digits",
        ));
    }
    if parts[0] == "x" {
        return match parts.len() {
            1 => Err(Bad::because("a name follows `x-`")),
            _ => Ok(()),
        };
    }
    language(parts[0], value)?;
    rest(&parts[1..])
}

/// What is wrong with the first part.
fn language(first: &str, value: &str) -> Result<(), Bad> {
    let is_good = match first.len() {
        2 => has(TWO, first),
        3 => first.bytes().all(|byte| byte.is_ascii_lowercase()) && named(THREE, first).is_none(),
        _ => false,
    };
    if is_good {
        return Ok(());
    }
    let meant = named(THREE, first).or_else(|| named(MISTAKEN, first));
    Err(Bad {
        why: format!("`{first}` is no language there").into(),
        meant: meant.map(|meant| format!("{meant}{}", &value[first.len()..])),
    })
}

/// What is wrong with the parts behind the language, in the order they come in.
fn rest(parts: &[&str]) -> Result<(), Bad> {
    let is_alphabetic = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut rest = parts;
    // Languages of a larger one, as in `zh-yue`.
    while let [part, after @ ..] = rest
        && part.len() == 3
        && is_alphabetic(part)
    {
        rest = after;
    }
    if let [script, after @ ..] = rest
        && script.len() == 4
        && is_alphabetic(script)
    {
        rest = after;
    }
    if let [region, after @ ..] = rest
        && (region.len() == 2 || region.len() == 3)
    {
        let is_private = region.starts_with('x') || ("qm".."r").contains(region);
        if !has(REGIONS, region) && !has(AREAS, region) && !is_private {
            return Err(Bad::because(match *region {
                "uk" => "`uk` is no region; `GB` is one".to_owned(),
                region => format!("`{region}` is no region"),
            }));
        }
        rest = after;
    }
    while let [variant, after @ ..] = rest
        && variant.len() >= 4
    {
        let begins_with_digit = variant.starts_with(|c: char| c.is_ascii_digit());
        if variant.len() == 4 && !begins_with_digit || begins_with_digit && !has(VARIANTS, variant)
        {
            return Err(Bad::because(format!("`{variant}` is no variant")));
        }
        rest = after;
    }
    extensions(rest)
}

fn extensions(mut rest: &[&str]) -> Result<(), Bad> {
    while let [single, after @ ..] = rest {
        match *single {
            "x" if !after.is_empty() => return Ok(()),
            "u" | "t" => {}
            other => return Err(Bad::because(format!("`{other}` means nothing there"))),
        }
        let count = after.iter().take_while(|part| part.len() > 1).count();
        if count == 0 {
            return Err(Bad::because(format!("nothing follows `{single}`")));
        }
        rest = &after[count..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_of_the_registry() {
        for good in [
            "en",
            "EN-us",
            "de-AT",
            "zh-Hans-CN",
            "zh-yue",
            "zh-cmn-Hans",
            "sr-Latn-RS",
            "en-419",
            "sl-rozaj-biske",
            "de-1996",
            "i-klingon",
            "x-own",
            "en-us-x-own",
            "haw",
            "iw",
            "en-u-ca-gregory",
            "qaa",
        ] {
            assert!(judge(good).is_ok(), "{good}");
        }
        for (bad, meant) in [
            ("xx", None),
            ("english", Some("en")),
            ("deu-AT", Some("de-AT")),
            ("jp", Some("ja")),
            ("de_DE", Some("de-DE")),
            ("en-UK", None),
            ("en-", None),
            ("en--US", None),
            ("en-999", None),
            ("de-1997", None),
            ("en-a", None),
            ("en-u", None),
            ("x", None),
            ("é", None),
            ("C", None),
        ] {
            let told = judge(bad).unwrap_err();
            assert_eq!(told.meant.as_deref(), meant, "{bad}");
        }
    }
}
