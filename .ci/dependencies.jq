# SPDX-License-Identifier: Apache-2.0

# Reads the output of `swift package dump-package` for each package (jq -rs). Prints one line for each dependency: its
# name, the requirement, the package, and the targets that need it.

def requirement: if .range then .range[0] | "\(.lowerBound) ..< \(.upperBound)" else tojson end;

# The targets that use a product of the package, or depend on the target, of this name.
def users($targets; $name): [
  $targets[] | select([(.dependencies[] | .product[1]? // .byName[0]?), .pluginUsages[]?.plugin[1]]
    | any(ascii_downcase == $name)) | .name];

def fetched: . as $package | .dependencies[].sourceControl[0]? | select(.) | {
  name: .identity, requirement: (.requirement | requirement), users: users($package.targets; .identity) };

def system: . as $package | .targets[] | select(.type == "system") | {
  name: .pkgConfig, requirement: "apt \(.providers[0].apt[0][0])",
  users: users($package.targets; .name | ascii_downcase) };

[.[] | .name as $package | fetched, system | . + { package: $package }] | sort_by(.name, .package)[]
  | "\(.name) \(.requirement): \(.package) (\(.users | join(", ")))"
