namespace Errand.Commands;

/// <summary>What the shipped policy asks about.</summary>
internal static class DangerousCommands
{
    private const string Shell = "(ba|da|z|k|a)?sh";

    private const string TopFolder = @"/+(bin|boot|dev|etc|home|lib(32|64)?|opt|proc|root|sbin|srv|sys|usr|var)(/\*?)?";
    private const string Home = @"(~|\$HOME|\$\{HOME\})";

    // The root, a folder right below it, or all that is in one of them.
    private const string System = $@"(/[/.]*\*?|{TopFolder})";

    // That, or the same of a home folder, this folder or the one above.
    private const string Root = $@"({System}|{Home}/?|{Home}/\*|\.\.?/?|(\.\.?/)?\*)";

    public static IReadOnlyList<DangerousCommand> Shipped { get; } =
    [
        new("removes a whole system, home or working folder", On(Root, "rm", "-[a-zA-Z]*[rR][a-zA-Z]*|--recursive")),
        new("removes all that find finds from the root of the system or of a home on", $"^find ({System}|{Home}/?) (.* )?-delete( |$)"),
        new("changes who may do what with a whole system folder", On(System, "(chmod|chown|chgrp)", "-[a-zA-Z]*R[a-zA-Z]*|--recursive")),
        new("makes a file system, and thereby removes what was there", @"^(mkfs(\..+)?|mkswap|wipefs) "),
        new("writes onto a device", @"^dd (.* )?of=/dev/(sd|hd|vd|xvd|nvme|mmcblk|disk|mapper/|loop|md|mem)"),
        new("writes onto a device", @">\s*/dev/(sd|hd|vd|xvd|nvme|mmcblk|disk|mapper/|md|mem)"),
        new("stops or restarts the machine", @"^(shutdown|reboot|halt|poweroff|(tel)?init [06]|systemctl (.* )?(poweroff|reboot|halt|kexec))( |$)"),
        new("starts itself again and again", @":\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:"),
        new("overwrites what others may have pushed", @"^git (.* )?push (.* )?(-f|--force|--mirror|\+\S+)( |$)"),
        new("runs what it fetches from the network", $@"^(curl|wget) .*\| {Shell}( |$)"),
        new("runs what it fetches from the network", $@"^(({Shell}|eval|source|\.) ).*(\$\(|<\(|`)_*(curl|wget)_"),
    ];

    // The options may stand before and after what they are for.
    private static string On(string folder, string program, string recursive) =>
        $"^{program} (.* )?(({recursive}) (.* )?{folder}|{folder} (.* )?({recursive}))( |$)";
}
