package io.bumba.file;

import io.bumba.path.CasePolicy;
import io.bumba.path.RepoPath;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** From a text to the one file that it means; see {@link Tree#resolve}. */
final class FileLocator {
    private final String text;
    private final TreeWalk walk;

    FileLocator(Path root, String text) {
        this.text = text;
        this.walk = new TreeWalk(root, "path", text);
    }

    RepoPath locate(Path cwd, CasePolicy policy) {
        walk.checkText();
        if (text.endsWith("/")) {
            throw walk.refused("ends in '/', so it is a directory, not a file", "name a file in it");
        }
        Path file = walk.walk(text, cwd);
        walk.refuseOutside(file);
        walk.refuseMetadata(file);
        walk.attributes(file).ifPresent(this::refuseUnlessRegular);
        walk.refuseTreesInside(file.getParent());
        return walk.path(file, policy);
    }

    private void refuseUnlessRegular(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            throw walk.refused("is a symbolic link, a second name of another file", "name that file");
        }
        if (attributes.isDirectory()) {
            throw walk.refused("is a directory", "name a file in it");
        }
        walk.refuseSpecial(attributes);
    }
}
