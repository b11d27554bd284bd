using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Errand.Commands.Tests.Processes;

/// <summary>The same once more without the rights of root, who is not stopped by much.</summary>
[SupportedOSPlatform("linux")]
public sealed class OrdinaryUserTests
{
    private const string Nobody = "65534";
    private const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task B_27_an_ordinary_user_finds_and_ends_all_of_them_too()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("All tests of this run were an ordinary user's: only root can be two users.");
        // Below a folder that others may enter, because the build may be in one that they may not.
        var folder = Directory.CreateTempSubdirectory("errand-ordinary-");
        try
        {
            CopyForAll(new(AppContext.BaseDirectory), folder);
            var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
            foreach (string argument in (string[])["--reuid", Nobody, "--regid", Nobody, "--clear-groups",
                Path.Combine(folder.FullName, Path.GetFileNameWithoutExtension(typeof(OrdinaryUserTests).Assembly.Location)), "-namespace", typeof(OrdinaryUserTests).Namespace!,
                "-class-", typeof(OrdinaryUserTests).FullName!, "-noColor", "-showliveoutput"])
                start.ArgumentList.Add(argument);
            start.Environment["HOME"] = folder.FullName;
            // That of this run may be one that root alone can write to.
            var scratch = folder.CreateSubdirectory("scratch");
            scratch.UnixFileMode = ForAll | UnixFileMode.OtherWrite;
            start.Environment["TMPDIR"] = scratch.FullName;
            // The executable itself, which has no dotnet before it, finds the runtime by this.
            start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
            using var process = Process.Start(start)!;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(Patience);
            string said = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            TestContext.Current.TestOutputHelper?.WriteLine(said);
            Assert.True(process.ExitCode == 0, said);
            Assert.Contains(nameof(TreeKillTests.B_27_none_of_seven_ways_of_hiding_helps), said);
        }
        finally { folder.Delete(recursive: true); }
    }

    private static void CopyForAll(DirectoryInfo from, DirectoryInfo to)
    {
        to.UnixFileMode = ForAll;
        foreach (var file in from.EnumerateFiles()) file.CopyTo(Path.Combine(to.FullName, file.Name)).UnixFileMode = ForAll;
        foreach (var folder in from.EnumerateDirectories()) CopyForAll(folder, to.CreateSubdirectory(folder.Name));
    }
}
