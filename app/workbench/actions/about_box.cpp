#include "app/workbench/actions/about_box.h"

#include <vtkVersion.h>

#include <QApplication>
#include <QBoxLayout>
#include <QDialogButtonBox>
#include <QLabel>

namespace corticast {

AboutBox::AboutBox(QWidget* parent) : QDialog(parent) {
  setObjectName("aboutBox");
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("About Corticast"));
  auto* picture = new QLabel(this);
  picture->setPixmap(QApplication::windowIcon().pixmap(QSize(96, 96), devicePixelRatioF()));
  auto* text = new QLabel(this);
  text->setWordWrap(true);
  text->setTextFormat(Qt::RichText);
  text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  text->setMinimumWidth(420);
  text->setText(tr("<h2>Corticast %1</h2>"
                   "<p>Trains models that predict the brain's response to pictures, and shows them learning on the "
                   "cortex.</p>"
                   "<p>Free software under the GNU General Public License, version 3 or later "
                   "(GPL-3.0-or-later), without any warranty.</p>"
                   "<p>Built on Qt %2 (LGPL-3.0), VTK %3 (BSD-3-Clause), QCustomPlot (GPL-3.0-or-later), LibTorch "
                   "(BSD-3-Clause), HDF5 (BSD-3-Clause), libzip (BSD-3-Clause), OpenSSL (Apache-2.0), nlohmann-json, "
                   "CLI11, spdlog (MIT and BSD). Icons: Breeze of KDE (LGPL-3.0-or-later). Colour maps: Crameri's "
                   "batlow and vik, matplotlib's, cmocean's. Template: FreeSurfer's fsaverage.</p>")
                    .arg(QApplication::applicationVersion(), qVersion(), vtkVersion::GetVTKVersion()));
  auto* row = new QHBoxLayout;
  row->addWidget(picture, 0, Qt::AlignTop);
  row->addSpacing(12);
  row->addWidget(text, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(row);
  layout->addWidget(buttons);
}

}  // namespace corticast
