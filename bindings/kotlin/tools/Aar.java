import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Assembles the AAR from jars and folders of native libraries, without the Android plugin. The same input gives the same
 * bytes. It refuses a library for another machine than its folder names, and one that does not load on 16 KB pages.
 *
 * <p>{@code java Aar.java --version V --aar FOLDER --jar JAR... --jni FOLDER --out FILE}
 *
 * <p>Without {@code --jni} the AAR has no library: an app that is built with it does not open a guard.
 */
public final class Aar {
    /** ELF's number for the machine of each ABI. */
    private static final Map<String, Integer> MACHINES =
            Map.of("arm64-v8a", 183, "armeabi-v7a", 40, "x86_64", 62, "x86", 3);

    /** Devices with pages of 16 KB load nothing that is aligned to less. 32-bit ABIs do not run there. */
    private static final long PAGE = 16_384;

    public static void main(String[] args) throws IOException {
        String version = null;
        Path aar = null;
        Path jni = null;
        Path out = null;
        List<Path> jars = new ArrayList<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            String value = args[i + 1];
            switch (args[i]) {
                case "--version" -> version = value;
                case "--aar" -> aar = Path.of(value);
                case "--jar" -> jars.add(Path.of(value));
                case "--jni" -> jni = Path.of(value);
                case "--out" -> out = Path.of(value);
                default -> fail(args[i] + " is no option");
            }
        }
        if (version == null || aar == null || out == null || jars.isEmpty() || args.length % 2 == 1) {
            fail("usage: Aar.java --version V --aar FOLDER --jar JAR... [--jni FOLDER] --out FILE");
        }
        TreeMap<String, byte[]> entries = new TreeMap<>();
        for (String name : List.of("AndroidManifest.xml", "proguard.txt", "R.txt")) {
            entries.put(name, text(aar.resolve(name), version));
        }
        String metadata = "META-INF/com/android/build/gradle/aar-metadata.properties";
        entries.put(metadata, text(aar.resolve("aar-metadata.properties"), version));
        entries.put("classes.jar", classes(jars));
        if (jni != null) {
            addLibraries(entries, jni);
        }
        Files.createDirectories(out.toAbsolutePath().getParent());
        try (OutputStream file = Files.newOutputStream(out)) {
            zip(entries, file);
        }
        System.out.println(out + ": " + Files.size(out) + " bytes, " + entries.keySet());
    }

    private static byte[] text(Path file, String version) throws IOException {
        return Files.readString(file).replace("${version}", version).getBytes(StandardCharsets.UTF_8);
    }

    /** The classes of all jars. What a jar holds for other platforms, and what Maven says about it, is left out. */
    private static byte[] classes(List<Path> jars) throws IOException {
        TreeMap<String, byte[]> classes = new TreeMap<>();
        for (Path jar : jars) {
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
                for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
                    String name = entry.getName();
                    boolean wanted = name.endsWith(".class") || name.endsWith(".kotlin_module");
                    if (wanted && classes.put(name, zip.readAllBytes()) != null) {
                        fail(name + " is in two jars");
                    }
                }
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        zip(classes, bytes);
        return bytes.toByteArray();
    }

    private static void addLibraries(TreeMap<String, byte[]> entries, Path jni) throws IOException {
        List<Path> folders;
        try (var list = Files.list(jni)) {
            folders = list.filter(Files::isDirectory).sorted().toList();
        }
        if (folders.isEmpty()) {
            fail(jni + " holds no folder of an ABI");
        }
        for (Path folder : folders) {
            String abi = folder.getFileName().toString();
            byte[] library = Files.readAllBytes(folder.resolve("libplanguard.so"));
            check(abi, library);
            entries.put("jni/" + abi + "/libplanguard.so", library);
        }
    }

    private static void check(String abi, byte[] library) {
        Integer machine = MACHINES.get(abi);
        if (machine == null) {
            fail(abi + " is no ABI of Android");
        }
        ByteBuffer elf = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        if (library.length < 64 || elf.getInt(0) != 0x464C457F) {
            fail(abi + "/libplanguard.so is no ELF file");
        }
        if (elf.getShort(18) != machine) {
            fail(abi + "/libplanguard.so is for machine " + elf.getShort(18) + ", not for " + machine);
        }
        boolean wide = library[4] == 2;
        int headers = wide ? (int) elf.getLong(32) : elf.getInt(28);
        int size = elf.getShort(wide ? 54 : 42);
        int count = elf.getShort(wide ? 56 : 44);
        for (int i = 0; i < count; i++) {
            int at = headers + i * size;
            boolean load = elf.getInt(at) == 1;
            long align = wide ? elf.getLong(at + 48) : elf.getInt(at + 28);
            if (load && wide && align < PAGE) {
                fail(abi + "/libplanguard.so is aligned to " + align
                        + " bytes; link it with -z max-page-size=" + PAGE);
            }
        }
    }

    private static void zip(TreeMap<String, byte[]> entries, OutputStream out) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                // Local time is what a zip holds, so the zone of the machine does not matter.
                entry.setTimeLocal(LocalDateTime.of(2024, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                new ByteArrayInputStream(each.getValue()).transferTo(zip);
                zip.closeEntry();
            }
        }
    }

    private static void fail(String why) {
        System.err.println("Aar: " + why);
        System.exit(1);
    }
}
