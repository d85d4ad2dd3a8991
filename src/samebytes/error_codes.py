"""What every error code means: the table behind docs/reference/errors.md.

Ranges: 1xxx command line and configuration, 2xxx workspace and selection, 3xxx git and build, 4xxx packing and formats,
5xxx sites and registries, 6xxx publishing and promotion, 7xxx evidence, 8xxx forges and CI, 9xxx ourselves.
A test holds each literal code in the sources against this table and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from samebytes import errors


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error class of a code, and the sentence its reference entry starts with."""

    error: type[errors.SamebytesError]
    sentence: str


MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {
        # 1xxx command line and configuration
        "SB-1001": Meaning(errors.FormatError, "samebytes.toml is not UTF-8 text in TOML, or is far too large."),
        "SB-1002": Meaning(errors.FormatError, "samebytes.toml has a key that samebytes does not know."),
        "SB-1003": Meaning(
            errors.FormatError, "A value in samebytes.toml is missing, of the wrong type or out of range."
        ),
        "SB-1004": Meaning(
            errors.ConfigError, "A path in samebytes.toml uses an environment variable that is not set."
        ),
        "SB-1005": Meaning(errors.ConfigError, "`select.listed` and the selection rule `listed` do not go together."),
        "SB-1006": Meaning(errors.ConfigError, "Two directory sites in samebytes.toml have one folder."),
        "SB-1010": Meaning(errors.UsageError, "The file named by `--config` does not exist or cannot be read."),
        "SB-1011": Meaning(errors.UsageError, "A site named on the command line is not configured."),
        "SB-1012": Meaning(errors.ConfigError, "The command needs a site and none is configured."),
        "SB-1013": Meaning(errors.UsageError, "A statement named on the command line cannot be read."),
        "SB-1014": Meaning(errors.UsageError, "A side of `explain` is no tarball, folder, release.json or SITE@TAG."),
        "SB-1015": Meaning(errors.UsageError, "A side of `explain` has the same package twice."),
        "SB-1016": Meaning(errors.UsageError, "The command line cannot be understood."),
        "SB-1017": Meaning(errors.InterruptedBySignalError, "A signal stopped the run."),
        "SB-1018": Meaning(errors.SamebytesError, "The disk is full, or gone, where output or temporary files go."),
        "SB-1021": Meaning(
            errors.ConfigError, "No git remote, or more than one, says which repository a forge site has."
        ),
        "SB-1022": Meaning(errors.ConfigError, "A site names a git remote that the checkout does not have."),
        # 2xxx workspace and selection
        "SB-2001": Meaning(errors.FormatError, "A package name is not one that npm registries accept."),
        "SB-2002": Meaning(errors.FormatError, "A version is not strict semver in normal form, or has build metadata."),
        "SB-2009": Meaning(errors.ConfigError, "The workspace file has a name that pnpm does not read."),
        "SB-2010": Meaning(errors.FormatError, "pnpm-workspace.yaml or .npmrc says something pnpm would not accept."),
        "SB-2011": Meaning(errors.FormatError, "A pattern uses what differs between versions of the tools."),
        "SB-2012": Meaning(errors.FormatError, "A package that is not private has a manifest other than package.json."),
        "SB-2013": Meaning(errors.FormatError, "A field of a package.json is of the wrong type."),
        "SB-2014": Meaning(errors.ConfigError, "Two packages share a name, or the file name of their tarball."),
        "SB-2015": Meaning(errors.FormatError, "A `workspace:` dependency leads to no member, or to another version."),
        "SB-2016": Meaning(errors.FormatError, "A `catalog:` dependency has no entry, or one that cannot stand there."),
        "SB-2017": Meaning(
            errors.FormatError, "The declaration of a tool (`packageManager`, `.nvmrc`, …) cannot be read."
        ),
        "SB-2018": Meaning(errors.ConfigError, "No exact version of the package manager is pinned, or an unknown one."),
        "SB-2019": Meaning(errors.FormatError, "`publishConfig.directory` leads out of the repository."),
        "SB-2020": Meaning(errors.FormatError, "The configuration of changesets cannot be read."),
        "SB-2021": Meaning(errors.FormatError, "A lockfile has another version or shape than this samebytes reads."),
        "SB-2022": Meaning(errors.ConfigError, "No package manager recognises the repository."),
        "SB-2101": Meaning(errors.ConfigError, "A folder is not in a git repository."),
        "SB-2102": Meaning(errors.ConfigError, "Nothing in the repository has this name."),
        "SB-2103": Meaning(errors.ConfigError, "A name in the repository does not lead to a commit."),
        "SB-2104": Meaning(errors.ConfigError, "Git failed, or printed what cannot be read."),
        "SB-2105": Meaning(errors.ConfigError, "This clone lacks an object of the commit (a partial clone)."),
        "SB-2106": Meaning(errors.RefusedError, "An annotated tag is stored under another name than the one inside."),
        "SB-2107": Meaning(errors.ConfigError, "A file of the checkout cannot be read."),
        "SB-2201": Meaning(errors.FormatError, "A document is not well-formed YAML in UTF-8."),
        "SB-2202": Meaning(errors.FormatError, "A mapping in a YAML document has the same key twice."),
        "SB-2203": Meaning(errors.FormatError, "A YAML document uses tags, merge keys or keys that are no text."),
        "SB-2204": Meaning(errors.FormatError, "A YAML document is larger, deeper or more aliased than the limits."),
        "SB-2205": Meaning(errors.FormatError, "A file holds more than one YAML document."),
        "SB-2301": Meaning(errors.ConfigError, "A tag names a member or version that the commit does not have."),
        "SB-2302": Meaning(errors.ConfigError, "A tag ships nothing."),
        "SB-2303": Meaning(errors.ConfigError, "`select.listed` names what cannot be released."),
        "SB-2304": Meaning(errors.ConfigError, "A member that would be published needs a private one."),
        "SB-2305": Meaning(errors.ConfigError, "The tag names a base that this clone does not have."),
        "SB-2306": Meaning(errors.FormatError, "The line in a tag's message that names the base cannot be read."),
        "SB-2307": Meaning(errors.ConfigError, "A version differs from the earlier one only in the case of letters."),
        "SB-2308": Meaning(errors.ConfigError, "A shallow clone cannot say what the earlier release was."),
        "SB-2309": Meaning(errors.RefusedError, "The base named by the tag is at another commit here."),
        # 3xxx git and build
        "SB-3001": Meaning(errors.BuildError, "A program that is needed cannot be started."),
        "SB-3002": Meaning(
            errors.DeadlineError, "A program did not end within its time limit; its processes were killed."
        ),
        "SB-3003": Meaning(errors.BuildError, "A program wrote more output than can be its result."),
        "SB-3004": Meaning(errors.BuildError, "Git failed while making the clean clone of a build."),
        "SB-3005": Meaning(errors.BuildError, "A checked-out file is not what the commit says."),
        "SB-3006": Meaning(errors.ConfigError, "The commit has submodules, and the configuration does not allow them."),
        "SB-3007": Meaning(errors.BuildError, "A submodule cannot be had at its recorded commit."),
        "SB-3008": Meaning(errors.ConfigError, "A file's attributes ask for an encoding that depends on the host."),
        "SB-3009": Meaning(errors.DeadlineError, "Another build kept this machine's build folder too long."),
        "SB-3010": Meaning(errors.ConfigError, "The repository does not say which package manager builds it."),
        "SB-3011": Meaning(errors.BuildError, "The folder of a build cannot be used: disk full, or not writable."),
        "SB-3012": Meaning(errors.BuildError, "Processes that a build's scripts left running cannot be ended."),
        "SB-3020": Meaning(errors.ConfigError, "Members take their version from the tag, and the tag holds none."),
        "SB-3021": Meaning(errors.FormatError, "The placeholder version in a package.json cannot be replaced."),
        "SB-3022": Meaning(errors.ConfigError, "Packing by the package manager itself needs a build."),
        "SB-3090": Meaning(errors.BuildError, "A tarball that was built is gone or cannot be read any more."),
        "SB-3101": Meaning(errors.BuildError, "The lockfile does not fit the package.json files of the commit."),
        "SB-3102": Meaning(errors.BuildError, "The frozen install failed."),
        "SB-3103": Meaning(errors.BuildError, "A build, test or lifecycle script failed."),
        "SB-3104": Meaning(errors.BuildError, "A member has no readable package.json after the build."),
        "SB-3105": Meaning(errors.FormatError, "The scripts of a package.json are not an object."),
        "SB-3106": Meaning(errors.BuildError, "The manifest to pack has another name or version than the member."),
        "SB-3110": Meaning(errors.BuildError, "The pinned package manager cannot be fetched or does not start."),
        "SB-3111": Meaning(errors.BuildError, "The package manager from the registry is not the one that is pinned."),
        "SB-3112": Meaning(errors.BuildError, "The Node on PATH is not in the range that the repository declares."),
        "SB-3120": Meaning(errors.UsageError, "The output folder holds something that samebytes did not write."),
        "SB-3121": Meaning(errors.BuildError, "The output folder cannot be written."),
        # 4xxx packing and formats
        "SB-4001": Meaning(errors.FormatError, "A digest or integrity string cannot be read."),
        "SB-4010": Meaning(
            errors.FormatError,
            "A document is not JSON in UTF-8: encoding, syntax, NaN or Infinity, or data after the value.",
        ),
        "SB-4011": Meaning(errors.FormatError, "An object in a JSON document has the same key twice."),
        "SB-4012": Meaning(errors.FormatError, "A string in a JSON document holds half of a surrogate pair."),
        "SB-4013": Meaning(errors.FormatError, "A JSON document is larger or nested deeper than the limit."),
        "SB-4014": Meaning(errors.FormatError, "A value has no canonical JSON form here, such as a fraction."),
        "SB-4015": Meaning(
            errors.FormatError, "A document of ours is not written in canonical JSON (RFC 8785) and one LF."
        ),
        "SB-4016": Meaning(errors.FormatError, "A package.json is not a JSON object."),
        "SB-4020": Meaning(errors.FormatError, "A tar is damaged, cut off or followed by more data."),
        "SB-4021": Meaning(
            errors.FormatError, "A tar holds what must never be unpacked: a link, a device, a path that leads outside."
        ),
        "SB-4022": Meaning(errors.FormatError, "A tarball unpacks to more bytes or entries than the limit."),
        "SB-4023": Meaning(errors.FormatError, "A tarball can be read, but is not written as canon-v1 says."),
        "SB-4024": Meaning(errors.FormatError, "A gzip file is damaged, cut off or followed by more data."),
        "SB-4025": Meaning(
            errors.SamebytesError, "The compressor on this machine does not write the bytes that canon-v1 fixes."
        ),
        "SB-4030": Meaning(
            errors.FormatError,
            "The path of a packed file is not allowed: absolute, `..`, a control character, or not UTF-8.",
        ),
        "SB-4031": Meaning(errors.FormatError, "The path of a packed file is not in Unicode normalisation form C."),
        "SB-4032": Meaning(
            errors.FormatError, "Two packed files are one file on systems that fold case or normalise names."
        ),
        "SB-4033": Meaning(errors.FormatError, "A path is packed twice, or is both a file and a folder."),
        "SB-4034": Meaning(errors.FormatError, "A packed file has 8 GiB or more."),
        "SB-4035": Meaning(errors.BuildError, "A file changed while it was being packed."),
        "SB-4036": Meaning(errors.BuildError, "A file to be packed is a Git LFS pointer instead of its contents."),
        "SB-4037": Meaning(errors.BuildError, "A file to be packed cannot be read, or is not a regular file."),
        "SB-4038": Meaning(errors.BuildError, "A packed tarball cannot be written to the output folder."),
        "SB-4039": Meaning(
            errors.FormatError, "The package.json in a tarball is missing, or names another package or version."
        ),
        "SB-4040": Meaning(errors.BuildError, "A packing process ended before its work was done."),
        "SB-4041": Meaning(errors.ConfigError, "The locale makes Python read file names as something else than UTF-8."),
        "SB-4050": Meaning(errors.FormatError, "A release statement is malformed."),
        "SB-4060": Meaning(errors.FormatError, "A SHA512SUMS file is malformed, or a name cannot be written into one."),
        "SB-4070": Meaning(errors.FormatError, "A fingerprint cannot be read."),
        "SB-4080": Meaning(errors.FormatError, "A build record is malformed."),
        "SB-4501": Meaning(errors.RefusedError, "This samebytes does not have the packing profile that was asked for."),
        "SB-4511": Meaning(errors.ConfigError, "A `workspace:` dependency names no member of the workspace."),
        "SB-4512": Meaning(errors.ConfigError, "A `catalog:` dependency has no usable entry in its catalog."),
        "SB-4513": Meaning(errors.ConfigError, "A `jsr:` dependency is malformed."),
        "SB-4514": Meaning(errors.ConfigError, "A dependency map of a package.json is not a map of strings."),
        "SB-4521": Meaning(errors.BuildError, "A file or folder cannot be read while listing what to pack."),
        "SB-4522": Meaning(errors.ConfigError, "The `files` field of a package.json is not a list of strings."),
        "SB-4523": Meaning(
            errors.ConfigError,
            "A `files` pattern leads to a path with `.` or `..` in it, or out of the packed directory.",
        ),
        "SB-4524": Meaning(errors.ConfigError, "The directory that is to be packed does not exist."),
        "SB-4531": Meaning(errors.BuildError, "The package manager's own pack failed."),
        "SB-4532": Meaning(errors.BuildError, "The package manager's own pack wrote no tarball, or several."),
        # 5xxx sites and registries
        "SB-5001": Meaning(errors.SiteError, "Something at a site cannot be read, or is not what should be there."),
        "SB-5002": Meaning(
            errors.SiteError, "Something cannot be written to a site: disk full, permissions, no such version."
        ),
        "SB-5003": Meaning(errors.SiteError, "Something at a site is larger than its limit."),
        "SB-5004": Meaning(errors.FormatError, "A document or a name in a directory site is malformed."),
        "SB-5101": Meaning(errors.DeadlineError, "The lock of a site was not obtained in time."),
        "SB-5102": Meaning(errors.DeadlineError, "The lock of a site was taken over by another run, or ran out."),
        "SB-5110": Meaning(errors.SiteError, "A git remote cannot be reached or read."),
        "SB-5111": Meaning(errors.SiteError, "A git remote does not accept the credential, or asks for one."),
        "SB-5112": Meaning(errors.SiteError, "A git remote refuses a change: a rule for refs, a hook, missing rights."),
        "SB-5113": Meaning(errors.SiteError, "Nobody can say whether a push to a git remote was done."),
        "SB-5114": Meaning(errors.ConfigError, "The URL or the proxy of a git remote cannot be used."),
        "SB-5116": Meaning(errors.SiteError, "Another run writes the journal of a release at the same time."),
        "SB-5117": Meaning(
            errors.ConfigError, "The credential of a git remote is empty or too long, or has a line break in it."
        ),
        "SB-5120": Meaning(errors.SiteError, "A server cannot be reached; the request was certainly not sent."),
        "SB-5121": Meaning(errors.SiteError, "A server gave no answer or a broken one; the request may have acted."),
        "SB-5122": Meaning(errors.SiteError, "A server did not answer in time; the request may have acted."),
        "SB-5123": Meaning(errors.SiteError, "The certificate of a server is not trusted."),
        "SB-5124": Meaning(errors.SiteError, "A URL or a header is one that cannot be sent."),
        "SB-5125": Meaning(errors.ConfigError, "The file named by `ca_file` cannot be used."),
        "SB-5126": Meaning(errors.ConfigError, "The `proxy` of a site is one that cannot be used."),
        "SB-5127": Meaning(errors.DeadlineError, "The time for the whole run is over."),
        "SB-5128": Meaning(errors.SiteError, "A server redirects from https to http."),
        "SB-5129": Meaning(errors.SiteError, "A server redirects in a circle, or too often."),
        "SB-5130": Meaning(errors.SiteError, "An answer that should be JSON is not, or is nested too deeply."),
        "SB-5131": Meaning(errors.SiteError, "A write is not done after all attempts; the server fails at it."),
        "SB-5132": Meaning(errors.SiteError, "The recording of an exchange cannot be written."),
        "SB-5140": Meaning(errors.ConfigError, "The environment variable that should hold a credential is not set."),
        "SB-5141": Meaning(errors.ConfigError, "A credential is empty."),
        "SB-5142": Meaning(errors.ConfigError, "A file that should hold a credential cannot be read."),
        "SB-5143": Meaning(errors.ConfigError, "Others than its owner may use a file that holds a credential."),
        "SB-5144": Meaning(errors.ConfigError, "A credential is not one line of text."),
        "SB-5145": Meaning(errors.ConfigError, "A mounted secret is not there."),
        "SB-5146": Meaning(errors.ConfigError, "No .npmrc has a login for the URL of a site."),
        "SB-5147": Meaning(errors.ConfigError, "An .npmrc uses an environment variable that is not set."),
        "SB-5148": Meaning(errors.ConfigError, "A login in an .npmrc is malformed."),
        "SB-5149": Meaning(errors.ConfigError, "The system's keyring cannot be used."),
        "SB-5150": Meaning(errors.ConfigError, "The system's keyring has no credential for the URL of a site."),
        "SB-5201": Meaning(errors.BytesDifferError, "Stored bytes differ from those that were to be stored."),
        "SB-5210": Meaning(
            errors.SiteError, "A packument or a list of dist-tags contradicts itself or what was asked for."
        ),
        "SB-5211": Meaning(errors.SiteError, "An npm registry does not let this token do something."),
        "SB-5212": Meaning(errors.SiteError, "An npm registry takes what it was sent for malformed."),
        "SB-5213": Meaning(
            errors.SiteError, "An npm registry says that a version is there already, and does not show it."
        ),
        "SB-5214": Meaning(errors.SiteError, "An npm registry takes an upload for too large."),
        "SB-5215": Meaning(errors.SiteError, "An npm registry of this kind refuses a dist-tag of this name."),
        "SB-5216": Meaning(
            errors.SiteError, "An npm registry does not list a dist-tag where it was put: several versions hold it."
        ),
        "SB-5217": Meaning(
            errors.SiteError, "The dist-tag `latest` cannot be removed from an npm registry of this kind."
        ),
        "SB-5218": Meaning(
            errors.SiteError, "An npm registry has no such owner or route, or cannot do what was asked."
        ),
        "SB-5219": Meaning(errors.SiteError, "An npm registry answers with a status that means neither yes nor no."),
        "SB-5301": Meaning(errors.SiteError, "The address to serve sites on cannot be listened on."),
        "SB-5302": Meaning(errors.ConfigError, "A site is of a kind that `samebytes serve` cannot serve."),
        # 6xxx publishing and promotion
        "SB-6001": Meaning(
            errors.ConfigError, "A site in the configuration is of a kind that samebytes does not know."
        ),
        "SB-6002": Meaning(errors.RefusedError, "A commit without a release tag was to be published."),
        "SB-6003": Meaning(errors.ConfigError, "A filter of members matches no member of the release."),
        "SB-6004": Meaning(errors.ConfigError, "A release without members was to be published."),
        "SB-6010": Meaning(errors.RefusedError, "The expected statement is about another tag or commit."),
        "SB-6011": Meaning(errors.RefusedError, "The expected release was packed by other rules than this one."),
        "SB-6012": Meaning(
            errors.BytesDifferError, "The build is not the release that the expected statement promises."
        ),
        "SB-6020": Meaning(
            errors.BytesDifferError, "A site already serves other bytes, or another manifest, as this version."
        ),
        "SB-6021": Meaning(errors.SiteError, "A site cannot be read, so nothing was written there."),
        "SB-6022": Meaning(errors.SiteError, "A site shows a version without the digest that would identify it."),
        "SB-6023": Meaning(
            errors.BytesDifferError, "The release of this tag at a site holds an asset with other bytes."
        ),
        "SB-6030": Meaning(errors.SiteError, "What was uploaded is not there, or cannot be read back."),
        "SB-6031": Meaning(errors.BytesDifferError, "A site serves something else than what was uploaded."),
        "SB-6041": Meaning(errors.SiteError, "A dist-tag does not stand where it was put."),
        "SB-6101": Meaning(
            errors.RefusedError, "A release tag has moved, or stands for another build, since a site first saw it."
        ),
        "SB-6102": Meaning(
            errors.RefusedError, "Another repository has released this tag, or one of these packages, at the site."
        ),
        "SB-6301": Meaning(errors.UsageError, "A dist-tag is one that servers refuse, or the holding tag."),
        "SB-6302": Meaning(errors.RefusedError, "A promotion needs a person to say so: backwards, or to a prerelease."),
        "SB-6303": Meaning(errors.RefusedError, "A dist-tag has moved on since the promotion that was to be undone."),
        "SB-6304": Meaning(errors.RefusedError, "A site lacks packages of the workspace that the release needs."),
        # 7xxx evidence
        "SB-7001": Meaning(errors.UsageError, "There is no site to verify."),
        "SB-7002": Meaning(errors.EvidenceMissingError, "A site has no complete release of this tag."),
        "SB-7003": Meaning(errors.EvidenceMissingError, "A member of the release is not at the site."),
        "SB-7004": Meaning(errors.EvidenceMissingError, "A site has no journal of a promotion of this tag."),
        "SB-7005": Meaning(errors.EvidenceMissingError, "Nobody serves the tarball that says which manifest is right."),
        "SB-7006": Meaning(errors.UsageError, "A site is named twice."),
        "SB-7010": Meaning(errors.EvidenceMissingError, "A folder that was to be compared holds no tarball."),
        "SB-7011": Meaning(
            errors.EvidenceMissingError, "A site has no statement of a tag, or does not serve what it names."
        ),
        # 8xxx forges
        "SB-8001": Meaning(errors.SiteError, "A server that should be a forge is neither Gitea nor Forgejo."),
        "SB-8002": Meaning(errors.SiteError, "Something at a forge is missing, or hidden from this credential."),
        "SB-8003": Meaning(errors.SiteError, "A forge does not accept a credential, or it lacks a right."),
        "SB-8004": Meaning(errors.SiteError, "An answer of a forge is not what its API promises."),
        "SB-8005": Meaning(errors.SiteError, "A forge gave an answer that is not expected, or cannot be asked."),
        "SB-8006": Meaning(errors.SiteError, "A forge serves, or stored, an asset with another size or name."),
        "SB-8007": Meaning(errors.SiteError, "An asset is a link to another place, not stored bytes."),
        "SB-8008": Meaning(errors.SiteError, "A forge has no published release of a tag."),
        "SB-8009": Meaning(errors.SiteError, "A forge contradicts itself about what is there."),
        "SB-8010": Meaning(errors.RefusedError, "A forge lacks the git tag, or has it at another object."),
        "SB-8011": Meaning(errors.SiteError, "A forge does not take an asset of this size, name or type."),
        "SB-8020": Meaning(errors.ConfigError, "A forge refuses this name of a secret or variable."),
        "SB-8021": Meaning(errors.ConfigError, "The value of a secret or variable is empty or too large."),
        "SB-8030": Meaning(errors.SiteError, "A CI run is not at the forge any more."),
        "SB-8031": Meaning(errors.SiteError, "The API of this version of a forge does not offer something."),
        "SB-8032": Meaning(errors.SiteError, "A forge does not start a workflow."),
        "SB-8033": Meaning(errors.SiteError, "It is unclear whether a forge started a workflow."),
        # 9xxx ourselves
        "SB-9001": Meaning(errors.SamebytesError, "samebytes itself failed: a defect to report."),
    }
)
